"""Changes that zones alone do not show: keys behind aliases, lengths, MTA-STS modes, failed lookups."""

from __future__ import annotations

from typing import Literal

import pytest

from mailproof.engine.changes.keys import key_changes
from mailproof.engine.changes.policies import dmarc_changes, mx_changes, rpt_changes, sts_changes
from mailproof.engine.changes.senders import sender_changes
from mailproof.facts.spf import collect_spf
from mailproof.model import (
    DkimKeyRecord,
    DkimSelectorFacts,
    DomainFacts,
    Lookup,
    MtaStsFacts,
    SpfFacts,
    SpfNode,
    StsPolicy,
    StsRecord,
)
from tests.support.resolvers import zone

FAILED = Lookup("acme.example", "TXT", "servfail")
Mode = Literal["enforce", "testing", "none"]


def key(public_key: str, bits: int = 2048, target: str = "", *, status: str = "valid") -> DomainFacts:
    name = "s1._domainkey.acme.example"
    failed = Lookup(name, "TXT", "servfail" if status == "unknown" else "ok")
    record = DkimKeyRecord("", (), bits=bits, public_key=public_key) if public_key else None
    facts = DkimSelectorFacts("s1", "acme.example", name, status, failed, "dkim", target, record=record)  # type: ignore[arg-type]
    return DomainFacts("acme.example", dkim=(facts,))


SENDGRID = "s1.domainkey.u1.wl.sendgrid.net"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (key("A"), key("A"), []),
        (key("A", 1024, SENDGRID), key("B", 2048, SENDGRID), [("neutral", "s1: rotated by its provider")]),
        (key("A", 2048, SENDGRID), key("A"), []),
        (key("A", 2048, SENDGRID), key("B"), [("worse", "s1: another key under the same selector")]),
        (
            key("A", 2048),
            key("B", 1024),
            [("worse", "s1: another key under the same selector"), ("worse", "s1: 2048 → 1024 bits")],
        ),
        (key("A", status="unknown"), key("B", status="unknown"), []),
        (key("", 0, SENDGRID, status="unknown"), key("", 0, SENDGRID, status="unknown"), []),
        (
            key("", 0, SENDGRID, status="unknown"),
            key("", 0, "else.example", status="unknown"),
            [("unknown", "s1: could not be compared")],
        ),
        (
            key("", 0, SENDGRID, status="unknown"),
            key("", 0, status="absent"),
            [("worse", "s1: gone (SendGrid)")],
        ),
        (
            key("", 0, status="absent"),
            key("", 0, SENDGRID, status="unknown"),
            [("better", f"s1: published (an alias of {SENDGRID}, which was not looked up)")],
        ),
        (key("", 0, status="unknown"), key("A"), [("unknown", "s1: could not be compared")]),
        (key("A", status="revoked"), key("A", status="absent"), []),
        (key("A", status="valid"), key("A", status="unknown"), [("unknown", "s1: could not be compared")]),
    ],
)
def test_keys(old: DomainFacts, new: DomainFacts, found: list[tuple[str, str]]) -> None:
    assert [(each.effect, each.what) for each in key_changes(old, new)] == found


def sts(mode: Mode) -> MtaStsFacts:
    lookup = Lookup("_mta-sts.acme.example", "TXT", "ok")
    return MtaStsFacts("acme.example", lookup, record=StsRecord("", id="1"), policy=StsPolicy("", mode=mode))


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [("enforce", "testing", "worse"), ("testing", "none", "worse"), ("testing", "enforce", "better")],
)
def test_sts_modes(old: Mode, new: Mode, effect: str) -> None:
    (change,) = sts_changes(sts(old), sts(new))
    assert (change.effect, change.what) == (effect, f"mode {old} → {new}")
    assert list(sts_changes(sts(old), sts(old))) == []


def test_what_was_not_looked_up_is_unknown() -> None:
    """A failed collector leaves no facts: nothing is reported as removed."""
    nothing = DomainFacts("acme.example")
    for found in (
        sender_changes(None, None),
        dmarc_changes(None, None),
        mx_changes(nothing, nothing),
        sts_changes(None, sts("enforce")),
        rpt_changes(None, None),
    ):
        assert {each.effect for each in found} == {"unknown"}


def test_a_failed_lookup_is_unknown() -> None:
    known = SpfFacts("acme.example", SpfNode("acme.example", "none", Lookup("acme.example", "TXT", "nodata")))
    failed = SpfFacts("acme.example", SpfNode("acme.example", "unknown", FAILED))
    (change,) = sender_changes(known, failed)
    assert change.effect == "unknown"
    assert change.sentence == (
        "Who may send could not be compared (NEW: TXT acme.example: the name server failed (SERVFAIL))."
    )
    facts = DomainFacts("acme.example", mx_lookup=Lookup("acme.example", "MX", "timeout"))
    (change,) = mx_changes(facts, facts)
    assert change.what == "could not be compared: OLD: MX acme.example: no answer in time"


@pytest.mark.parametrize("term", ["include", "redirect"])
async def test_a_name_without_a_record_allows_no_one(term: str) -> None:
    """The absence is certain: senders that the old record allowed lose permission."""
    sign = ":" if term == "include" else "="
    world = """$ORIGIN acme.example.
old TXT "v=spf1 {0}_spf.acme.example"
new TXT "v=spf1 {0}_sfp.acme.example"
_spf TXT "v=spf1 ip4:192.0.2.0/24 -all"
""".format(term + sign)
    old, new = [await collect_spf(f"{each}.acme.example", zone(world)) for each in ("old", "new")]
    assert [(each.effect, each.sentence) for each in sender_changes(old, new)][:1] == [
        ("worse", f"{term}{sign}_spf.acme.example may no longer send from 192.0.2.0/24 (256 IPv4 addresses).")
    ]
    assert all("could not be looked up" not in each.sentence for each in sender_changes(old, new))
    assert all("could not be looked up" not in each.sentence for each in sender_changes(new, old))


async def test_a_record_that_includes_itself_lets_no_one_send_by_that() -> None:
    world = """$ORIGIN acme.example.
old TXT "v=spf1 ip4:192.0.2.1 include:old.acme.example -all"
new TXT "v=spf1 ip4:192.0.2.1 -all"
"""
    old, new = [await collect_spf(f"{each}.acme.example", zone(world)) for each in ("old", "new")]
    assert list(sender_changes(old, new)) == []
