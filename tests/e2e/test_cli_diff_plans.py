"""``mailproof diff`` of Terraform plans: from one mail service to another; what isn't managed stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.cli import Run, mailproof
from tests.support.plans import Records, plan

SCHEMA = Path(__file__).parents[2] / "docs" / "changes.schema.json"
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
OTHER_KEY = "v=DKIM1; k=ed25519; p=JQzYMOAjj4lMY3mCQM4M3bPRFOLE7fBKvRPLj2nDrxU="
BEFORE: Records = {
    "spf": ("acme.example", "TXT", ("v=spf1 include:sendgrid.net -all",)),
    "dmarc": ("_dmarc.acme.example", "TXT", ("v=DMARC1; p=reject; rua=mailto:d@acme.example",)),
    "s1": ("s1._domainkey.acme.example", "TXT", (KEY,)),
}
BOTH: Records = {
    **BEFORE,
    "spf": ("acme.example", "TXT", ("v=spf1 include:sendgrid.net include:mailgun.org -all",)),
    "mg": ("mg._domainkey.acme.example", "TXT", (OTHER_KEY,)),
}
AFTER: Records = {
    **{name: each for name, each in BOTH.items() if name != "s1"},
    "spf": ("acme.example", "TXT", ("v=spf1 include:mailgun.org -all",)),
}
PROVIDERS = """$ORIGIN .
sendgrid.net. 60 TXT "v=spf1 ip4:192.0.2.0/25 -all"
mailgun.org. 60 TXT "v=spf1 ip4:198.51.100.0/24 -all"
"""
ACME = """$ORIGIN acme.example.
@ 60 SOA ns1 h 1 2 3 4 5
@ 60 MX 10 mx
mx 60 A 192.0.2.200
@ 60 TXT "v=spf1 include:sendgrid.net -all"
_dmarc 60 TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("now.json").write_text(plan(BEFORE, BEFORE))
    Path("add.json").write_text(plan(BEFORE, BOTH))
    Path("remove.json").write_text(plan(BOTH, AFTER))
    Path("providers.zone").write_text(PROVIDERS)
    Path("acme.zone").write_text(ACME)
    return tmp_path


def diff(*arguments: str) -> Run:
    return mailproof("diff", *arguments, "--offline", "--zone", "providers.zone")


def found(run: Run) -> list[tuple[str, str, str]]:
    document: Any = json.loads(run.out)
    return [
        (each["part"], each["effect"], each["what"])
        for domain in document["domains"]
        for each in domain["changes"]
        if each["part"] != "findings"
    ]


def test_a_move_from_one_mail_service_to_another_through_two_plans() -> None:
    adding = diff("now.json", "add.json", "-f", "json")
    assert (adding.code, adding.err) == (0, "")
    assert [(part, effect) for part, effect, _ in found(adding)] == [
        ("senders", "neutral"),
        ("dkim", "better"),
    ]
    removing = diff("add.json", "remove.json", "-f", "json")
    assert removing.code == 1
    assert found(removing) == [
        ("senders", "worse", "SendGrid (include:sendgrid.net) may no longer send"),
        ("dkim", "worse", "s1: gone"),
    ]
    senders = json.loads(removing.out)["domains"][0]["changes"][0]
    assert senders["addresses"] == ["192.0.2.0/25"]
    assert diff("add.json", "remove.json", "--leaving", "SendGrid", "--leaving", "s1").code == 0


def test_a_sentence_for_each_change_in_a_file(folder: Path) -> None:
    diff("add.json", "remove.json", "-o", "pr.md", "-o", "all.txt", "-o", "json:machine")
    page = (folder / "pr.md").read_text()
    assert page.startswith("- **acme.example**: SendGrid (include:sendgrid.net) may no longer send")
    assert "2 for the worse" in (folder / "all.txt").read_text()
    assert json.loads((folder / "machine").read_text())["summary"]["exit_code"] == 1


def test_what_a_plan_does_not_manage_is_as_in_the_zone_beside_it() -> None:
    run = diff("acme.zone", "add.json", "-f", "json")
    assert run.code == 0
    assert {part for part, _, _ in found(run)} == {"senders", "dkim"}, "MX and DMARC are as they were"
    back = diff("add.json", "acme.zone", "-f", "json")
    assert ("senders", "worse", "Mailgun (include:mailgun.org) may no longer send") in found(back)
    assert {part for part, _, _ in found(back)} == {"senders", "dkim"}


def test_offline_two_plans_say_nothing_of_what_neither_manages() -> None:
    run = mailproof("diff", "now.json", "add.json", "--offline", "-f", "json")
    assert found(run) == [
        ("senders", "neutral", "Mailgun (include:mailgun.org) is added"),
        ("dkim", "unknown", "mg: could not be compared"),
    ], "whether there was a key at the new selector is in neither plan; MX and MTA-STS are as they were"


def test_a_plan_beside_a_report_is_over_what_is_published(folder: Path) -> None:
    report = mailproof("audit", "--zone", "acme.zone", "--offline", "-f", "json", "-q").out
    (folder / "was.json").write_text(report)
    shared = ("--zone", "acme.zone", "--zone", "providers.zone")
    run = mailproof("diff", "was.json", "add.json", "--offline", *shared, "-f", "json")
    assert ("mx", "worse") not in {(part, effect) for part, effect, _ in found(run)}


def test_the_format_may_be_said_outright_and_another_is_refused() -> None:
    run = diff("now.json", "add.json", "--input-format", "terraform")
    assert run.code == 0, run.err
    wrong = diff("now.json", "add.json", "--input-format", "route53")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("mailproof: now.json:1:1: ")


def test_the_json_is_as_published() -> None:
    schema = json.loads(SCHEMA.read_text())
    for files in (("now.json", "add.json"), ("add.json", "remove.json"), ("acme.zone", "remove.json")):
        document = json.loads(diff(*files, "-f", "json").out)
        jsonschema.validate(document, schema)
        assert document["schema_version"] == "1"
        assert (document["old"], document["new"]) == files
        summary = document["summary"]
        assert summary["changes"] == sum(len(each["changes"]) for each in document["domains"])
        assert summary["worse"] == sum(
            each["effect"] == "worse" and each["severity"] in (None, "error")
            for domain in document["domains"]
            for each in domain["changes"]
        )


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("x.pdf", "-o x.pdf: unknown file extension; the formats of diff are json:FILE (.json)"),
        ("markdwn:x.json", "-o markdwn:x.json: no format is called 'markdwn': did you mean markdown:x.json?"),
        ("none/x.md", "-o none/x.md: the folder none does not exist"),
        ("json:", "-o json:: names no file"),
        ("md.md", "-o md.md: is a folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_said_before_the_work(folder: Path, file: str, words: str) -> None:
    (folder / "md.md").mkdir()
    run = diff("now.json", "add.json", "-o", file)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"mailproof: {words}")


def test_proposed_changes_are_no_state_of_their_own(folder: Path) -> None:
    from mailproof.dns.patch import MARK

    (folder / "fix.zone").write_text(f'{MARK}\nacme.example. 60 IN TXT "v=spf1 -all"\n')
    run = diff("fix.zone", "add.json")
    assert run.code == 2
    assert "give them as NEW" in run.err
