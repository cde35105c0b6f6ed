"""No unfounded claims: if a deciding fact is unknown, there is no grade and no statement on delivery."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.bad_servers import dns_server
from tests.support.cli import Run, mailproof, report_of
from tests.support.demo_world import demo_world, mailbox_options, submission_options

ZONE = """$ORIGIN acme.example.
$TTL 3600
@ SOA ns1 hostmaster 1 7200 3600 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 198.51.100.53
@ MX 10 mx1
mx1 A 192.0.2.26
@ TXT "v=spf1 mx include:_spf.esp.example -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
s1._domainkey TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
MESSAGE = """From: Ada <ada@acme.example>
To: bob@receiver.example
Subject: hi
Date: Thu, 26 Nov 2026 00:00:00 +0000
Message-ID: <1@acme.example>
DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; c=relaxed/relaxed; h=from:subject;
 bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA

hi
"""
FROM = ("--ip", "192.0.2.26", "--helo", "mx1.acme.example", "--mail-from", "ada@acme.example")
SERVFAIL = 0x82


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.zone").write_text(ZONE)
    (tmp_path / "test.zone").write_text("$ORIGIN test.\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 NS ns1\n")
    (tmp_path / "message.eml").write_text(MESSAGE)


def twice(*arguments: str) -> tuple[Run, dict[str, object]]:
    """Run the command with text and JSON output: the exit codes are the same."""
    text, plain = mailproof(*arguments), mailproof(*arguments, "-f", "json")
    assert text.code == plain.code
    report: dict[str, object] = report_of(plain.out)
    score = report["score"]
    assert isinstance(score, dict)
    assert score["grade"] is None
    assert score["complete"] is False
    assert not re.search(r"grade [A-F]\b|should be (delivered|accepted)|believed", head(text))
    return text, report


def head(run: Run) -> str:
    """The lines above the first section, without the scorecard, joined."""
    lines = run.out.partition("\n\n")[0].splitlines()
    return " ".join(" ".join(line for line in lines if not re.match(r"  \S+ [✓✗!?–]( |$)", line)).split())


def test_an_include_that_was_not_asked_for() -> None:
    text, report = twice("audit", "acme.example", "--zone", "acme.zone", "--offline", "-s", "s1")
    assert text.code == 3
    assert re.fullmatch(
        r"\? No fault found in what could be checked of acme\.example no grade "
        r"\(unknown: part of the SPF record \(TXT _spf\.esp\.example\): not queried\) · "
        r"\d+ checks passed, \d+ checks not possible",
        head(text),
    )
    assert "SERVFAIL" not in text.out + json.dumps(report).replace("servfail", "SERVFAIL")


def test_a_selection_says_what_was_selected() -> None:
    options = ("--zone", "acme.zone", "--offline", "-s", "s1")
    text, report = twice("audit", "acme.example", *options, "--select", "dmarc")
    assert text.code == 0
    assert head(text).startswith(
        "✓ No fault found in acme.example (DMARC only) no grade (only DMARC checks were made) · "
    )
    assert report["selected"] == ["DMARC"]
    Path("acme.zone").write_text(ZONE.replace("p=reject", "p=none"))
    text, _ = twice("audit", "acme.example", *options, "--select", "DMARC,MX,TLSRPT")
    assert head(text).startswith(
        "! acme.example has weaknesses (DMARC, MX and TLSRPT only) "
        "no grade (only DMARC, MX and TLSRPT checks were made) · 1 warning, "
    )


def test_a_name_that_does_not_exist_is_one_short_answer() -> None:
    text, report = twice("audit", "godo.test", "--zone", "test.zone", "--offline", "-s", "s1")
    assert text.code == 1
    assert head(text) == "✗ godo.test does not exist no grade (godo.test does not exist) · 1 error"
    assert len(text.out.splitlines()) <= 20
    outcomes = report["outcomes"]
    assert isinstance(outcomes, list)
    assert [each["check"] for each in outcomes if each["status"] != "skipped"] == ["DOM001"]


@pytest.mark.parametrize("given", [(), ("-s", "s1"), ("--ip", "192.0.2.1"), ("--subdomain", "www")])
def test_a_dead_zone_is_one_line_whatever_was_given(given: tuple[str, ...]) -> None:
    with dns_server(lambda question: question[:2] + bytes([0x81, SERVFAIL]) + question[4:]) as server:
        text, _ = twice("audit", "acme.example", "--nameserver", server, "--no-connect", *given)
    assert text.code == 3
    assert head(text).startswith(
        "? acme.example could not be checked: SERVFAIL for TXT acme.example no grade (unknown: "
    )
    about = [line for line in text.out.splitlines() if line.startswith("? ")][1:]
    assert about[0].startswith("? acme.example: ")
    assert len(about) <= 2 + len(given)
    assert len(text.out.splitlines()) <= 20


def test_a_message_whose_records_cannot_be_had() -> None:
    with dns_server(lambda question: question[:2] + bytes([0x81, SERVFAIL]) + question[4:]) as server:
        text, _ = twice("verify", "message.eml", "--nameserver", server, *FROM)
    assert text.code == 3
    assert head(text).startswith(
        "? Could not authenticate this message from acme.example: SERVFAIL for TXT acme.example no grade"
    )


def test_a_message_whose_records_nobody_was_asked_about() -> None:
    text, report = twice("verify", "message.eml", "--zone", "test.zone", "--offline", *FROM)
    assert text.code == 3
    assert head(text).startswith(
        "? Could not authenticate this message from acme.example: not in the zones given, and offline no"
    )
    assert "servfail" not in (text.out + json.dumps(report)).lower()


def test_a_message_with_a_signature_whose_key_cannot_be_had(tmp_path: Path) -> None:
    """SPF passes and is aligned, so DMARC passes, but the signature's key is unknown."""
    zone = ZONE.replace("s1._domainkey", "s2._domainkey").replace("include:_spf.esp.example ", "")
    (tmp_path / "own.zone").write_text(zone + "s1._domainkey CNAME s1.esp.example.\n")
    text, report = twice("verify", "message.eml", "--zone", "own.zone", "--offline", *FROM)
    assert "DKIM key at s1._domainkey.acme.example" in head(text)
    facts = report["facts"]
    assert isinstance(facts, dict)
    assert facts["message"]["dmarc"]["result"] == "pass"


PROBES = {
    "lost": "✗ The probe from acme.example was accepted but did not arrive in time ",
    "refused": "✗ The probe from acme.example could not be sent ",
    "bounce": "✗ The probe from acme.example was sent and bounced ",
}


@pytest.mark.parametrize("scenario", PROBES)
def test_a_probe_that_was_not_seen_to_arrive(scenario: str) -> None:
    with demo_world(scenario) as world:
        options = (*submission_options(world), *mailbox_options(world), "--deadline", "1")
        run = mailproof("probe", *options, environment={"PW": world.password})
    assert run.code == 1
    assert head(run).startswith(PROBES[scenario] + "no grade (unknown: how the message arrives) · 1 error")


def test_a_probe_without_a_mailbox() -> None:
    with demo_world() as world:
        run = mailproof("probe", *submission_options(world), environment={"PW": world.password})
    assert head(run).startswith(
        "? The probe from acme.example was accepted; no mailbox is configured to check its arrival no grade "
    )


def test_a_grade_says_what_it_covers() -> None:
    """All deciding facts are known, but not everything could be checked."""
    zone = ZONE.replace("include:_spf.esp.example ", "")
    Path("acme.zone").write_text(zone)
    run = mailproof("audit", "acme.example", "--zone", "acme.zone", "--offline", "-s", "s1")
    assert head(run).startswith(
        "✓ Mail from acme.example should be delivered grade A (100/100) of what could be checked · "
    )
    assert head(run).endswith(" 2 checks not possible")


def test_sections_call_nothing_missing_that_was_not_looked_up() -> None:
    world = ZONE.replace("10 mx1\n", "10 mx1.esp.example.\n").replace("@ NS ns2", "@ NS ns2.esp.example.")
    Path("acme.zone").write_text(re.sub("_dmarc TXT .*", "_dmarc CNAME acme.esp.example.", world))
    text, _ = twice("audit", "acme.example", "--zone", "acme.zone", "--offline", "-v")
    assert re.search(r"10 +mx1\.esp\.example +unknown \(not queried\)", text.out)
    assert "organizational domain unknown" in text.out
    assert "none (" not in text.out
