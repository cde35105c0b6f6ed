"""The DNSSEC state of zones, derived from a resolver's results."""

from __future__ import annotations

import pytest

from mailproof.checks import registry
from mailproof.dns import Answer, Resolver
from mailproof.engine.judge import judge
from mailproof.facts.dnssec import collect_dnssec
from mailproof.model import DomainFacts, Outcome, Secure, Status, ZoneSecurity
from mailproof.structs import replace
from tests.support.resolvers import FailingResolver, zone

WORLD = """$ORIGIN acme.example.
@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ 3600 IN MX 10 mx.esp.example.
@ 3600 IN TXT "v=spf1 mx -all"
_dmarc 3600 IN TXT "v=DMARC1; p=reject"
$ORIGIN esp.example.
@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
mx 3600 IN A 192.0.2.25
"""


class Validating:
    """Gives the names below each zone a DNSSEC state."""

    def __init__(self, states: dict[str, Secure], bogus: tuple[str, ...] = ()) -> None:
        self.inner, self.states, self.bogus = zone(WORLD), states, bogus

    async def query(self, name: str, rrtype: str) -> Answer:
        answer = await self.inner.query(name, rrtype)
        for suffix, state in self.states.items():
            if answer.name == suffix or answer.name.endswith(f".{suffix}"):
                if suffix in self.bogus:
                    return Answer(answer.name, rrtype, "bogus", secure="bogus", reason="signature expired")
                return replace(answer, secure=state)
        return answer


async def states(resolver: Resolver) -> dict[str, tuple[str, str]]:
    zones = await collect_dnssec("acme.example", resolver)
    return {each.zone: (each.role, each.state) for each in zones}


def judged(zones: tuple[ZoneSecurity, ...]) -> dict[str, Outcome]:
    facts = DomainFacts("acme.example", dnssec=zones)
    return {each.check: each for each in judge(registry.checks("domain"), facts, facts.domain)}


@pytest.mark.parametrize(("own", "word"), [("yes", "signed"), ("no", "insecure"), ("unknown", "unknown")])
async def test_states(own: Secure, word: str) -> None:
    found = await states(Validating({"acme.example": own, "esp.example": "no"}))
    assert found == {"acme.example": ("domain", word), "esp.example": ("mx", "insecure")}


async def test_one_record_in_an_unsigned_zone_is_mixed() -> None:
    found = await states(Validating({"_dmarc.acme.example": "no", "acme.example": "yes"}))
    assert found["acme.example"] == ("domain", "mixed")


async def test_bogus_and_why() -> None:
    zones = await collect_dnssec("acme.example", Validating({"acme.example": "bogus"}, ("acme.example",)))
    assert zones[0].state == "bogus"
    assert zones[0].reason == "signature expired"
    assert judged(zones)["DNS001"].status == "fail"


async def test_bogus_mail_host() -> None:
    resolver = Validating({"acme.example": "yes", "esp.example": "bogus"}, ("esp.example",))
    zones = await collect_dnssec("acme.example", resolver)
    outcome = judged(zones)["DNS002"]
    assert outcome.status == "fail"
    assert "mx.esp.example" in outcome.findings[0].message


async def test_a_mail_host_of_the_domain_itself() -> None:
    """Everything but its address is signed: no validating sender finds the host."""
    signed = Validating({"acme.example": "yes"})
    signed.inner = zone(WORLD.replace("mx.esp.example.", "mx") + "$ORIGIN acme.example.\nmx A 192.0.2.25\n")
    failures: dict[tuple[str, str], Status] = {("mx.acme.example", kind): "bogus" for kind in ("A", "AAAA")}
    zones = await collect_dnssec("acme.example", FailingResolver(signed, failures))
    assert [(each.zone, each.state) for each in zones] == [("acme.example", "bogus")]
    (found,) = judged(zones)["DNS001"].findings
    assert "mx.acme.example A" in found.message


@pytest.mark.parametrize("status", ["timeout", "servfail", "refused"])
async def test_failed_look_ups_are_unknown_and_not_unsigned(status: Status) -> None:
    failures = {("acme.example", "*"): status, ("_dmarc.acme.example", "*"): status}
    zones = await collect_dnssec("acme.example", FailingResolver(zone(WORLD), failures))
    assert zones[0].state == "unknown"
    outcomes = judged(zones)
    for rule in ("DNS001", "DNS003", "DNS006"):
        assert outcomes[rule].status == "unknown", outcomes[rule]


async def test_a_source_that_does_not_validate_is_skipped() -> None:
    outcomes = judged(await collect_dnssec("acme.example", zone(WORLD)))
    for rule in ("DNS001", "DNS006", "DNS026"):
        assert outcomes[rule].status == "skipped"
        assert "doesn't validate" in outcomes[rule].reason


async def test_one_fitting_ds_of_two_is_enough() -> None:
    text = """$ORIGIN acme.example.
@ 3600 IN DS 41950 5 1 32e0ae0647d78e9b8f6b8338b5b24051de7f62c1
@ 3600 IN DS 30199 13 2 55436c5bb20afe26c0d427ba8cfd478dd7858f6fa480709202887423ac00456d
@ 3600 IN DNSKEY 257 3 13 (
  +evkZBR8wQLZIyTQmdknwaUOQtV6CKEW/+wKKYGdjGVwuvfRKIiQKmoMHWet0QMSPIWatpv46UMck4STDUt+7g== )
"""
    zones = await collect_dnssec("acme.example", zone(text))
    assert [each.matches for each in zones[0].delegations].count(30199) == 1
    assert judged(zones)["DNS003"].status == "pass"
