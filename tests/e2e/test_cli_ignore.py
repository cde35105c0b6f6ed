"""``[[ignore]]`` in mailproof.toml: accepted findings, with a reason and an end date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.acme import FAULTY as ZONE
from tests.support.cli import Run, mailproof, report_of
from tests.support.demo_world import demo_world, mailbox_options, submission_options

AUDIT = ("audit", "acme.example", "--zone", "acme.zone", "--offline", "-s", "s1")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.zone").write_text(ZONE)


def ignoring(*tables: str) -> None:
    Path("mailproof.toml").write_text("".join(f"[[ignore]]\n{table}\n" for table in tables))


def rules(run: Run) -> list[str]:
    return [each["rule"] for outcome in report_of(run.out)["outcomes"] for each in outcome["findings"]]


def test_what_is_accepted_is_left_out_and_listed() -> None:
    ignoring(
        'rule = "SPF006"\nsubject = "acme.example"\nreason = "the old list server"\nexpires = 2999-01-31'
    )
    run = mailproof(*AUDIT, "-f", "json")
    assert (run.code, run.err) == (0, "")
    assert "SPF006" not in rules(run)
    report = report_of(run.out)
    (gone,) = report["suppressed"]
    assert (gone["rule"], gone["subject"], gone["reason"]) == (
        "SPF006",
        "acme.example",
        "the old list server",
    )
    assert gone["finding"]["severity"] == "error"
    assert report["accepted"] == [
        {
            "rule": "SPF006",
            "subject": "acme.example",
            "reason": "the old list server",
            "expires": "2999-01-31",
            "state": "used",
            "owner": "",
            "file": "",
            "line": None,
        }
    ]
    text = mailproof(*AUDIT)
    assert "1 finding ignored" in text.out
    assert "SPF006" not in text.out


def test_a_beginning_stands_for_all_its_rules() -> None:
    ignoring('rule = "SPF"', 'rule = "dmarc"')
    assert not [rule for rule in rules(mailproof(*AUDIT, "-f", "json")) if rule.startswith(("SPF", "DMARC"))]


def test_another_domain_is_not_meant() -> None:
    ignoring('rule = "SPF006"\nsubject = "other.example"')
    run = mailproof(*AUDIT)
    assert (run.code, run.err) == (1, "")


def test_a_subject_in_its_own_letters() -> None:
    ignoring('rule = "SPF006"\nsubject = "Bücher.example"')
    Path("idn.zone").write_text(ZONE.replace("acme.example", "xn--bcher-kva.example"))
    run = mailproof("audit", "bücher.example", "--zone", "idn.zone", "--offline", "-s", "s1")
    assert "SPF006" not in run.out


def test_expired_counts_no_more_and_is_told() -> None:
    ignoring('rule = "SPF006"\nexpires = 2020-01-31')
    run = mailproof(*AUDIT)
    assert run.code == 1
    assert run.err == "mailproof: [[ignore]] SPF006 expired on 2020-01-31: its findings are shown again\n"
    assert report_of(mailproof(*AUDIT, "-f", "json").out)["accepted"][0]["state"] == "expired"


def test_not_needed_any_more_is_told() -> None:
    ignoring('rule = "SPF003"\nsubject = "acme.example"')
    run = mailproof(*AUDIT, "--fail-on", "never")
    assert run.code == 0
    assert (
        run.err == "mailproof: [[ignore]] SPF003 of acme.example is no longer needed: no finding matches it\n"
    )


def test_one_that_one_of_several_domains_needs_is_needed() -> None:
    ignoring('rule = "SPF006"')
    Path("clean.zone").write_text(ZONE.replace("acme", "clean").replace("+all", "-all"))
    run = mailproof(*AUDIT, "clean.example", "--zone", "clean.zone", "--fail-on", "never")
    assert run.err == ""
    assert "SPF006" not in run.out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('rule = "SPF999"', "[[ignore]] SPF999: no rule ID starts with this"),
        ('rule = " "', "'rule' of [[ignore]] is empty"),
        ('rule = "SPF006"\nsubject = "a..b"', "subject of [[ignore]] SPF006"),
        ('rule = "SPF006"\nuntil = 2027-01-01', "until"),
    ],
)
def test_what_cannot_be_meant_is_one_line_before_any_work(table: str, said: str) -> None:
    ignoring(table)
    run = mailproof(*AUDIT)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert said in run.err


def test_verify_takes_it_and_does_not_ask_for_audits_rules() -> None:
    Path("message.eml").write_text("From: ada@acme.example\nSubject: hi\n\nhi\n")
    verify = ("verify", "message.eml", "--zone", "acme.zone", "--offline", "-f", "json", "--ip", "192.0.2.1")
    assert "AUTH012" in rules(mailproof(*verify))
    ignoring('rule = "AUTH012"\nreason = "signed later"', 'rule = "SPF006"')
    run = mailproof(*verify)
    assert "AUTH012" not in rules(run)
    assert run.err == ""
    assert [each["reason"] for each in report_of(run.out)["suppressed"]] == ["signed later"]


def test_probe_takes_it() -> None:
    with demo_world("p-none") as world:
        options = (*submission_options(world), *mailbox_options(world), "-f", "json")
        assert "DMARC011" in rules(mailproof("probe", *options, environment={"PW": world.password}))
        ignoring('rule = "DMARC011"')
        run = mailproof("probe", *options, environment={"PW": world.password})
    assert "DMARC011" not in rules(run)
    assert [each["rule"] for each in report_of(run.out)["suppressed"]] == ["DMARC011"]
