"""Broken records of a whole domain: the interpretation survives the proof, and is published."""

from __future__ import annotations

import pytest

from mailproof.dns import Resolver
from mailproof.engine.fixes import Fixer, ProposalWish
from mailproof.model import Report
from tests.support.engine import audit_async
from tests.support.resolvers import zone

ESP = "include:_spf.esp.example"
WORLD = """$ORIGIN acme.example.
@ 60 IN SOA ns1 host 1 7200 3600 1209600 3600
@ 60 IN NS ns1
@ 60 IN NS ns2
@ 60 IN MX 10 mail
@ 60 IN A 192.0.2.80
ns1 60 IN A 192.0.2.53
ns2 60 IN A 192.0.2.54
mail 60 IN A 192.0.2.25
_dmarc 60 IN TXT "v=DMARC1; p=quarantine; rua=mailto:d@acme.example"
@ 60 IN TXT {}
$ORIGIN _spf.esp.example.
@ 60 IN TXT "v=spf1 ip4:203.0.113.0/24 -all"
"""


async def audit(resolver: Resolver) -> Report:
    return await audit_async("acme.example", resolver, prove=False)


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (f'"v=spf1 mx{ESP} ~all"', [f"v=spf1 mx {ESP} ~all"]),
        (f'"v=spf1 mx -all{ESP}"', [f"v=spf1 mx {ESP} -all"]),
        (f'"v=spf1 ip4:192.0.2.1{ESP}" "~all"', [f"v=spf1 ip4:192.0.2.1 {ESP} ~all"]),
        (f'"v=spf1 {ESP}v=spf1 mx ~all"', [f"v=spf1 {ESP} mx ~all"]),
        ('"v=spf1 mx ?all;MS=ms12345"', ["MS=ms12345", "v=spf1 mx ?all"]),
        ('"v=spf1 mx, ~all."', ["v=spf1 mx ~all"]),
        (f'"v=spf1 {ESP} - all"', [f"v=spf1 {ESP} -all"]),
        (f'"v=spf1 mx {ESP} ~al"', [f"v=spf1 mx {ESP} ~all"]),
        ('"v=spf1 ip4.192.0.2.1 -all"', ["v=spf1 ip4:192.0.2.1 -all"]),
        ('"v=spf1 ip4:192.0.2.0/255.255.255.0 -all"', ["v=spf1 ip4:192.0.2.0/24 -all"]),
        ('"v=spf1 redirect=_spf.esp.example -all"', [f"v=spf1 {ESP} -all"]),
        (f'"v=spf1 -all {ESP}"', [f"v=spf1 {ESP} -all"]),
        ('"v=spf1 ip4=192.0.2.25 ~all"', ["v=spf1 ip4:192.0.2.25 ~all"]),
        (f'"token=abcdef v=sfp1 {ESP} ~all"', []),  # two mistakes at once: which of the two is a token?
        (f'"token=abcdef v=spf1 {ESP} ~all"', ["token=abcdef", f"v=spf1 {ESP} ~all"]),
        (f'"@ IN TXT v=sfp1 {ESP}~all"', [f"v=spf1 {ESP} ~all"]),
        ('"v=spf1 ~all"', []),
        ('"v=spf1 mx, +all"', []),
        (f'"v=spf1 mx -allv=spf1 {ESP} ~all"', []),
    ],
)  # fmt: skip
async def test_what_is_read_is_what_is_published(text: str, published: list[str]) -> None:
    world = zone(WORLD.format(text))
    fixer = Fixer(await audit(world), world, audit)
    proposal = await fixer.proposal(ProposalWish(), fixer.report.findings)
    own = [each for each in proposal.changes if (each.name, each.rrtype) == ("acme.example", "TXT")]
    texts = [
        line.split(" IN TXT ", 1)[1].replace('" "', "").strip('"') for each in own for line in each.published
    ]
    assert sorted(texts) == published
