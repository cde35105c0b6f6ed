"""Texts other than the report: a trace, an explanation, the catalogue, the fragment of fixes, JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mailproof
from mailproof.explain import explain_text
from mailproof.model import Finding, Fix, FixRecord, Rule, SecondOpinion, Severity
from mailproof.model.fixes import FixProposal, ProposedRecords, Remaining
from mailproof.render.fix_zone import render_fix_zone, summary
from mailproof.render.json import json_text, to_plain
from mailproof.render.look import SCREEN
from mailproof.render.text import render_text
from mailproof.render.text.catalogue import render_catalogue, render_page
from mailproof.render.text.explanation import render_explanation
from mailproof.render.text.trace import render_trace
from tests.support.resolvers import zone
from tests.support.snapshots import check_snapshot, colours

SNAPSHOTS = Path(__file__).parent / "snapshots"
WORLD = """$ORIGIN acme.example.
@ IN TXT "v=spf1 include:esp.example a:gone.acme.example exp=why.acme.example -all"
why IN TXT "%{i} is not ours"
$ORIGIN esp.example.
@ IN TXT "v=spf1 a:out.esp.example ip4:198.51.100.0/24 -all"
out IN A 198.51.100.7
many IN TXT "v=spf1 ip4:192.0.2.10 ip4:192.0.2.12 ip6:2001:db8::/32 ip4:192.0.2.16 ip4:192.0.2.18 -all"
"""
OPINIONS = {
    "192.0.2.1": SecondOpinion("pyspf", "spf", "fail", True),
    "198.51.100.9": SecondOpinion("pyspf", "spf", "permerror", False, "it counts otherwise"),
}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_trace(width: int) -> None:
    texts = [
        render_trace(
            mailproof.check_host(ip, f"x@{domain}", "h.example", resolver=zone(WORLD)),
            OPINIONS.get(ip),
            SCREEN._replace(width=width, color=width == 80),
        )
        for ip, domain in (
            ("192.0.2.1", "acme.example"),
            ("198.51.100.9", "acme.example"),
            ("198.51.100.7", "acme.example"),
            ("192.0.2.2", "out.esp.example"),
            ("192.0.2.2", "many.esp.example"),
        )
    ]
    check_snapshot(SNAPSHOTS / f"trace-{width}.txt", colours("\n".join(texts)))


BOUNCES = {
    "gmail": "550-5.7.26 This mail is unauthenticated [192.0.2.1]. 550 5.7.26 - gsmtp",
    "postfix": "<b@rcpt.test>: host mx.rcpt.test[192.0.2.9] said: 450 4.7.1 <b@rcpt.test>: Recipient address "
    "rejected: Greylisted (in reply to RCPT TO command)",
    "bare": "550 5.1.1",
    "none": "something went wrong",
}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_explanation(width: int) -> None:
    titles = {"AUTH014": "DMARC fails", "SPF001": "No SPF record"}
    texts = [
        f"# {name}\n"
        + render_explanation(explain_text(text), titles, SCREEN._replace(width=width, color=width == 80))
        for name, text in BOUNCES.items()
    ]
    check_snapshot(SNAPSHOTS / f"explanation-{width}.txt", colours("\n".join(texts)))


RULES = (
    Rule("ONE001", "A fault", Severity.ERROR, "spf", ("RFC",)),
    Rule(
        "ONE002", "A weak point of a name that is long enough to be wrapped", Severity.WARNING, "mx", ("RFC",)
    ),
    Rule("TWO001", "A remark", Severity.INFO, "dns", ("RFC",)),
)
DOC = "A fault\n\n## What it checks\nWhether `it` is so.\n\n## How to fix\n- one\n\n## References\n- RFC\n"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_catalogue(width: int) -> None:
    catalogue = render_catalogue(RULES, SCREEN._replace(width=width, color=width == 80))
    page = render_page(RULES[0], DOC, SCREEN._replace(width=width, color=width == 80))
    check_snapshot(SNAPSHOTS / f"catalogue-{width}.txt", colours(f"{catalogue}\n{page}"))


def finding(rule: str, severity: Severity, message: str, fix: Fix | None = None) -> Finding:
    return Finding(rule, severity, "acme.example", message, fix=fix)


SPF = finding(
    "SPF001", Severity.ERROR, "There is none.", Fix("Publish it", (FixRecord("acme.example", "TXT", "v"),))
)
NOTE = finding("SPF035", Severity.INFO, "It is long \x1b[31m and of two\nlines.")
MX = finding("MX001", Severity.WARNING, "No host.")
CHANGE = ProposedRecords(
    name="acme.example",
    rrtype="TXT",
    kept=('acme.example. 3600 IN TXT "kept"',),
    published=('acme.example. 3600 IN TXT "v=spf1 -all"',),
    removed=('acme.example. 3600 IN TXT "v=spf1"',),
    findings=(SPF, NOTE),
)
INSIDE, OUTSIDE = (
    ProposedRecords(name=name, rrtype="A", published=(f"{name}. 60 IN A 192.0.2.1",), findings=(MX,))
    for name in ("www.acme.example", "notacme.example")
)


def proposals() -> list[FixProposal]:
    return [
        FixProposal(
            domain="acme.example",
            changes=(CHANGE, OUTSIDE, INSIDE),
            fixed=(SPF, SPF),
            remaining=(Remaining(MX, "there is no record for it " * 8),),
            surfaced=(NOTE,),
        ),
        FixProposal(domain="clean.example", changes=(), fixed=(), remaining=(), surfaced=()),
    ]


def test_the_fragment_of_fixes() -> None:
    check_snapshot(SNAPSHOTS / "fixes.zone.txt", render_fix_zone(proposals()))


def test_the_summary_of_fixes() -> None:
    check_snapshot(SNAPSHOTS / "fixes-summary.txt", summary("fixes.zone", proposals()) + "\n")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Severity.ERROR, "error"),
        ("\udc80", "\\udc80"),
        (None, None),
        (True, True),
        (1.5, 1.5),
        ({"started": datetime(2026, 11, 1, tzinfo=UTC)}, {"started": "2026-11-01T00:00:00+00:00"}),
        (("a", 1), ["a", 1]),
        (
            FixRecord("a.example", "TXT", "v"),
            {
                "name": "a.example",
                "rrtype": "TXT",
                "value": "v",
                "action": "publish",
                "ttl": 3600,
                "bind": 'a.example. 3600 IN TXT "v"',
            },
        ),
    ],
)
def test_plain_values(value: object, plain: object) -> None:
    assert to_plain(value) == plain


def test_what_is_no_part_of_a_report_is_refused() -> None:
    with pytest.raises(TypeError):
        to_plain(object())


@pytest.mark.parametrize("character", ["\x7f", "\x9b", "\u202e", "\u200b", "\ufeff", "\U000e0001"])
def test_json_holds_nothing_that_a_terminal_obeys(character: str) -> None:
    text = json_text({"a": f"é{character}"}, indent=None)
    assert character not in text
    assert "é" in text
    assert json.loads(text) == {"a": f"é{character}"}
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    ("received", "missing"),
    [
        ("Received: from mail.acme.example ([192.0.2.1]) by mx.test; ", "the return path is not known"),
        ("Received: by mx.test; ", "the client's address is not known"),
    ],
)
def test_what_is_missing_for_spf_is_named(received: str, missing: str) -> None:
    date = "Wed, 25 Nov 2026 12:00:00 +0000"
    raw = f"{received}{date}\nFrom: a@acme.example\nDate: {date}\n\nHi\n".encode()
    text = render_text(mailproof.verify(raw, resolver=zone(WORLD)), SCREEN._replace(width=200))
    assert missing in text
