"""``--baseline`` and ``; mailproof: ignore[…]``: known findings do not fail a run, new ones do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.acme import FAULTY as ZONE
from tests.support.cli import Run, mailproof, reports_of

AUDIT = ("audit", "acme.example", "--zone", "acme.zone", "--offline", "-s", "s1", "--fail-on", "warning")
KNOWN = ("--baseline", "known.json")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(ZONE)


def write(zone: str) -> None:
    Path("acme.zone").write_text(zone)


def report_of(run: Run) -> dict[str, Any]:
    (found,) = reports_of(run.out)
    return found


def rules(run: Run) -> set[str]:
    return {each["rule"] for outcome in report_of(run)["outcomes"] for each in outcome["findings"]}


def known() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(Path("known.json").read_text())["findings"]
    return found


def test_what_was_there_before_does_not_fail_and_what_is_new_does() -> None:
    assert mailproof(*AUDIT).code == 1
    first = mailproof(*AUDIT, *KNOWN, "--update-baseline")
    assert first.code == 0
    assert "known.json: " in first.err
    assert "(" + str(len(known())) + " new, 0 gone)" in first.err
    assert {"SPF006", "DMARC011"} <= {each["rule"] for each in known()}
    again = mailproof(*AUDIT, *KNOWN, "-f", "json")
    assert (again.code, again.err, rules(again)) == (0, "", set())
    assert {each["reason"] for each in report_of(again)["suppressed"]} == {"--baseline"}
    write(ZONE.replace("p=none;", "p=none; ri=60;"))
    run = mailproof(*AUDIT, *KNOWN, "-f", "json")
    assert rules(run) == {"DMARC020"}


def test_what_is_gone_is_said_and_taken_out_by_an_update() -> None:
    mailproof(*AUDIT, *KNOWN, "--update-baseline")
    before = len(known())
    write(ZONE.replace("+all", "-all"))
    run = mailproof(*AUDIT, *KNOWN)
    assert "no longer found: 1 finding of the baseline" in run.err
    assert len(known()) == before
    run = mailproof(*AUDIT, *KNOWN, "--update-baseline")
    assert "(0 new, 1 gone)" in run.err
    assert "SPF006" not in {each["rule"] for each in known()}


def test_what_was_not_looked_at_is_not_gone() -> None:
    mailproof(*AUDIT, *KNOWN, "--update-baseline")
    before = known()
    run = mailproof(*AUDIT, *KNOWN, "--select", "MX", "--update-baseline")
    assert "0 new, 0 gone" in run.err
    assert known() == before
    Path("other.zone").write_text(ZONE.replace("acme.example", "other.example"))
    other = ("audit", "other.example", "--zone", "other.zone", "--offline", "--select", "SPF")
    mailproof(*other, *KNOWN, "--update-baseline")
    assert {each["subject"] for each in known()} == {"acme.example", "other.example"}


def test_an_ignored_finding_is_not_in_the_baseline() -> None:
    mailproof(*AUDIT, *KNOWN, "--update-baseline", "--ignore", "SPF006")
    assert "SPF006" not in {each["rule"] for each in known()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "--baseline known.json: there is no such file: --update-baseline writes one"),
        ("", "not a baseline that --update-baseline wrote, or cut off"),
        ("[]", "not a baseline"),
        ("[" * 100_000, "not a baseline"),
        ('{"mailproof_baseline": 2, "findings": []}', "version 2 is not known here, only 1"),
        ('{"mailproof_baseline": 1, "findings": [{"rule": "SPF006"}]}', "not a baseline"),
        ('{"mailproof_baseline": 1, "findings": [', "not a baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused_in_a_line(text: str | None, words: str) -> None:
    if text is not None:
        Path("known.json").write_text(text)
    run = mailproof(*AUDIT, *KNOWN)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert words in run.err


def test_an_update_needs_a_file_in_a_folder() -> None:
    run = mailproof(*AUDIT, "--update-baseline")
    assert (run.code, run.out) == (2, "")
    assert "--update-baseline needs --baseline FILE" in run.err
    run = mailproof(*AUDIT, "--baseline", "no/known.json", "--update-baseline")
    assert (run.code, run.out) == (2, "")
    assert "the folder no does not exist" in run.err


@pytest.mark.parametrize("place", ["beside", "above", "in parentheses"])
def test_a_comment_in_the_zone_accepts_a_finding_of_its_record(place: str) -> None:
    comment = "; mailproof: ignore[SPF006, SPF033] until 2999-12-31: the old list server"
    record = '@ 60 TXT "v=spf1 mx +all"'
    text = {
        "beside": f"{record} {comment}",
        "above": f"{comment}\n; of 2019\n{record}",
        "in parentheses": f'@ 60 TXT ( {comment}\n "v=spf1 mx +all" )',
    }[place]
    write(ZONE.replace(record, text))
    run = mailproof(*AUDIT, "-f", "json")
    assert "SPF006" not in rules(run)
    report = report_of(run)
    assert [each["reason"] for each in report["suppressed"]] == ["the old list server"]
    (used, unused) = report["accepted"]
    assert (used["state"], used["file"], used["owner"]) == ("used", "acme.zone", "acme.example")
    assert unused["state"] == "unused"
    assert f"acme.zone:{used['line']}: ignore[SPF033] is no longer needed" in run.err


def test_a_comment_holds_for_its_own_record_alone() -> None:
    write(ZONE.replace("_dmarc 60", "; mailproof: ignore[SPF006] x\n_dmarc 60"))
    assert "SPF006" in rules(mailproof(*AUDIT, "-f", "json"))


def test_a_comment_whose_day_is_over_counts_no_more() -> None:
    write(ZONE.replace('+all"', '+all" ; mailproof: ignore[SPF006] until 2020-01-01 x'))
    run = mailproof(*AUDIT, "-f", "json")
    assert "SPF006" in rules(run)
    assert "acme.zone:9: ignore[SPF006] expired on 2020-01-01" in run.err


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("mailproof: ignore SPF006", "acme.zone:9: ignore: write the rules in brackets"),
        ("mailproof: ignore[]", "acme.zone:9: ignore: write the rules in brackets"),
        ("mailproof: ignore[SPF006,]", "acme.zone:9: ignore: write the rules in brackets"),
        ("mailproof: ignore[SPX]", "acme.zone:9: ignore SPX: no rule ID starts with this"),
        ("mailproof: ignore[SPF006] until soon", "acme.zone:9: ignore: until 'soon': write a date like"),
    ],
)
def test_a_comment_that_is_wrong_is_refused_with_its_place(comment: str, words: str) -> None:
    write(ZONE.replace('+all"', f'+all" ; {comment}'))
    run = mailproof(*AUDIT)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert words in run.err


def test_a_comment_at_the_end_has_no_record() -> None:
    write(ZONE + "; mailproof: ignore[SPF006] x\n")
    run = mailproof(*AUDIT)
    assert run.code == 2
    assert "acme.zone:12: ignore: no record follows" in run.err


def test_comments_without_end_are_refused() -> None:
    comments = f"; mailproof: ignore[{','.join(['SPF006'] * 60)}]\n" * 170
    write(comments + ZONE)
    run = mailproof(*AUDIT)
    assert run.code == 2
    assert "acme.zone:167: ignore: more than 10000 rules in all" in run.err
