"""What if: ``audit --set`` and ``spf --record``, and invalid values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Run, mailproof, report_of

ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 60 IN NS ns1
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT "v=spf1 mx -all"
_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey 60 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
RULES = ("--select", "SPF006,DMARC001,DMARC011,MX001,DKIM001")


@pytest.fixture
def zone(tmp_path: Path) -> str:
    path = tmp_path / "acme.zone"
    path.write_text(ZONE)
    return str(path)


def audited(zone: str, *more: str) -> Run:
    return mailproof("audit", "acme.example", "--zone", zone, "--offline", "-f", "json", *RULES, *more)


def rules(run: Run) -> list[str]:
    report = report_of(run.out)
    return [finding["rule"] for outcome in report["outcomes"] for finding in outcome["findings"]]


@pytest.mark.parametrize(
    ("assumed", "found", "said"),
    [
        ("_dmarc TXT v=DMARC1; p=none", ["DMARC011"], "_dmarc.acme.example TXT v=DMARC1; p=none"),
        ('_dmarc TXT "v=DMARC1; " "p=none"', ["DMARC011"], "_dmarc.acme.example TXT v=DMARC1; p=none"),
        ("_dmarc.acme.example txt v=DMARC1; p=none", ["DMARC011"], "_dmarc.acme.example TXT v=DMARC1"),
        ("_dmarc.acme.example. TXT v=DMARC1; p=none", ["DMARC011"], "_dmarc.acme.example TXT v=DMARC1"),
        ("@ TXT v=spf1 +all", ["SPF006"], "acme.example TXT v=spf1 +all"),
        ('_dmarc.acme.example. 3600 IN TXT "v=DMARC1; p=none"', ["DMARC011"], "_dmarc.acme.example TXT v="),
        ("_dmarc in 1h txt v=DMARC1; p=none", ["DMARC011"], "_dmarc.acme.example TXT v=DMARC1; p=none"),
        ("_dmarc 60 TXT", ["DMARC001"], "no TXT record at _dmarc.acme.example"),
        ("_dmarc TXT", ["DMARC001"], "no TXT record at _dmarc.acme.example"),
        ("other.example. TXT v=spf1 +all", [], "other.example TXT v=spf1 +all"),
        ("other.example TXT v=spf1 +all", [], "other.example.acme.example TXT v=spf1 +all"),
        ("* TXT v=spf1 +all", [], "*.acme.example TXT v=spf1 +all"),
        ("*.x TXT v=spf1 +all", [], "*.x.acme.example TXT v=spf1 +all"),
    ],
)
def test_set(zone: str, assumed: str, found: list[str], said: str) -> None:
    assert rules(audited(zone)) == []
    run = audited(zone, "--set", assumed)
    assert rules(run) == found
    assert run.err.startswith(f"assuming {said}")


def test_several_of_one_name_and_type_are_one_set(zone: str) -> None:
    run = audited(zone, "--set", "@ MX 10 a.acme.example", "--set", "@ MX 20 mx1.acme.example")
    hosts = [each["host"] for each in report_of(run.out)["facts"]["dns"]["mx"]]
    assert hosts == ["a.acme.example", "mx1.acme.example"]


def test_an_alias_is_followed(zone: str) -> None:
    run = audited(zone, "-s", "s2", "--set", "s2._domainkey CNAME s1._domainkey.acme.example")
    keys = {each["selector"]: each["status"] for each in report_of(run.out)["facts"]["dns"]["dkim"]}
    assert keys == {"s1": "valid", "s2": "valid"}


def test_evidence_says_what_was_assumed(zone: str) -> None:
    run = audited(zone, "--set", "_dmarc TXT v=DMARC1; p=none")
    lookup = report_of(run.out)["facts"]["dns"]["dmarc"]["walk"]["steps"][0]["lookup"]
    assert lookup["server"] == "--set"


@pytest.mark.parametrize(
    ("assumed", "line"),
    [
        (("_dmarc",), "--set '_dmarc': give NAME TYPE VALUE"),
        (("",), "--set '': give NAME TYPE VALUE"),
        (("_dmarc IN",), "'IN' is not a record type like TXT, MX or CNAME"),
        (("_dmarc TEXT v=DMARC1",), "'TEXT' is not a record type like TXT, MX or CNAME"),
        (("@ ANY x",), "ANY is not a type that a record can have"),
        (("@ MX mx1",), "MX 'mx1' cannot be read"),
        (("@ A 192.0.2",), "A '192.0.2' cannot be read"),
        (("a..b TXT x",), "it has an empty label"),
        (('@ TXT "open',), "cannot be read"),
        (("@ TXT a\nb",), "a record is one line"),
        (("@ TXT " + "x" * 60_001,), "larger than the limit of 60000 octets"),
        (("@ MX", "@ MX 10 mx1.acme.example"), "another --set says what acme.example MX is to be"),
        (("@ MX 10 mx1.acme.example", "@ MX"), "another --set says what acme.example MX is to be"),
        (("@ TXT x",) * 1001, "at most 1000 are taken: use --zone FILE"),
    ],
)
def test_set_that_cannot_be_read(zone: str, assumed: tuple[str, ...], line: str) -> None:
    run = audited(zone, *(word for each in assumed for word in ("--set", each)))
    assert run.code == 2
    assert run.out == ""
    assert line in run.err
    assert run.err.count("\n") == 1


def evaluated(zone: str, ip: str, *more: str) -> Run:
    return mailproof("spf", "acme.example", "--ip", ip, "--zone", zone, "--offline", "-f", "json", *more)


@pytest.mark.parametrize(
    ("record", "result", "code"),
    [
        ("v=spf1 ip4:198.51.100.0/24 -all", "pass", 0),
        ("v=spf1 a:mx1.acme.example/24//64 -all", "fail", 1),
        ("v=spf1 ipv4:198.51.100.0/24 -all", "permerror", 1),
        ("v=spf1", "neutral", 1),
        ("v=spf1 include:esp.example -all", "temperror", 3),
    ],
)
def test_what_if_spf(zone: str, record: str, result: str, code: int) -> None:
    assert json.loads(evaluated(zone, "198.51.100.7").out)["result"] == "fail"
    run = evaluated(zone, "198.51.100.7", "--record", record)
    assert (json.loads(run.out)["result"], run.code) == (result, code)
    assert f"assuming acme.example TXT {record}\n" in run.err


def test_a_file_still_takes_the_answers(zone: str, tmp_path: Path) -> None:
    saved = tmp_path / "answers.json"
    evaluated(zone, "192.0.2.26", "--record", str(saved), "--record", "v=spf1 ip4:192.0.2.26 -all")
    replayed = mailproof("spf", "acme.example", "--ip", "192.0.2.26", "--replay", str(saved), "-f", "json")
    assert json.loads(replayed.out)["matched"] == "ip4:192.0.2.26"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("v=spf2 -all",), "--record 'v=spf2 -all': an SPF record begins with v=spf1 and a space"),
        (("v=spf1;-all",), "--record 'v=spf1;-all': an SPF record begins with v=spf1 and a space"),
        (("v=spf1 -all", "v=spf1 +all"), "--record: give one SPF record, and one file"),
        (("a.json", "b.json"), "--record: give one SPF record, and one file"),
    ],
)
def test_record_that_cannot_be_used(zone: str, given: tuple[str, ...], line: str) -> None:
    run = evaluated(zone, "192.0.2.26", *(word for each in given for word in ("--record", each)))
    assert run.code == 2
    assert line in run.err


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--record", "v=spf1 ip4:192.0.2.0/24 -all"), 0, ""),
        (("--record", "v=spf1 mx/24 -all", "--sender", "a@acme.example"), 3, ""),
        (("--record", "v=spf1 mx/24 -all"), 2, "missing argument 'DOMAIN': 'mx' of the record depends on it"),
        (("--record", "v=spf1 exists:%{d} -all"), 2, "'exists:%{d}' of the record depends on it"),
        ((), 2, "missing argument 'DOMAIN'"),
    ],
)
def test_spf_of_a_record_without_a_domain(
    tmp_path: Path, more: tuple[str, ...], code: int, words: str
) -> None:
    other = tmp_path / "other.zone"
    other.write_text("$ORIGIN other.example.\n@ 60 IN SOA ns1 h 1 2 3 4 5\n")
    run = mailproof("spf", "--ip", "192.0.2.1", "--zone", str(other), "--offline", *more)
    assert run.code == code
    assert words in run.err


def test_offline_an_assumed_record_is_enough() -> None:
    spf = ("spf", "--ip", "192.0.2.1", "--offline", "--record")
    assert mailproof(*spf, "v=spf1 ip4:192.0.2.1 -all").code == 0
    assert mailproof(*spf, "v=spf1 include:esp.example -all").code == 3


def test_offline_a_recording_is_enough_and_a_zone_counts_beside_it(zone: str, tmp_path: Path) -> None:
    file, weak = str(tmp_path / "r.json"), tmp_path / "weak.zone"
    recorded = audited(zone, "--record", file)
    weak.write_text(ZONE.replace("p=reject", "p=none"))
    replay = ("audit", "acme.example", "--replay", file, "--offline", "-f", "json", *RULES)
    assert rules(mailproof(*replay)) == rules(recorded) == []
    assert rules(mailproof(*replay, "--zone", str(weak))) == ["DMARC011"]
