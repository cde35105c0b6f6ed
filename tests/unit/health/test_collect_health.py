"""Wildcards, aliases and CAA: what counts, and that a failed lookup is never a fault of the domain."""

from __future__ import annotations

import pytest

from mailproof.checks import registry
from mailproof.checks.dns.dns025_caa import _obstacle
from mailproof.data.takeover import takeover_services
from mailproof.dns import Resolver, ZoneResolver
from mailproof.engine.judge import judge
from mailproof.facts.dns_health import collect_health
from mailproof.model import DomainFacts, Outcome, Status
from tests.support.resolvers import FailingResolver, zone

HEAD = "$ORIGIN acme.example.\n@ 3600 IN MX 10 mx\nmx 3600 IN A 192.0.2.25\n"
STS = 'mta-sts 3600 IN A 192.0.2.80\n_mta-sts 3600 IN TXT "v=STSv1; id=1"\n'


async def outcomes(resolver: Resolver | str, selectors: tuple[str, ...] = ()) -> dict[str, Outcome]:
    inner = zone(HEAD + resolver) if isinstance(resolver, str) else resolver
    health = await collect_health("acme.example", inner, selectors)
    facts = DomainFacts("acme.example", health=health)
    return {each.check: each for each in judge(registry.checks("domain"), facts, facts.domain)}


async def test_a_wildcard_that_allows_nobody_is_only_told() -> None:
    outcome = (await outcomes('* 3600 IN TXT "v=spf1 -all"\n'))["DNS018"]
    assert outcome.status == "pass"
    assert outcome.findings[0].fix is None


async def test_a_wildcard_alias_is_told_once() -> None:
    judged = await outcomes("* 3600 IN CNAME gone.azurewebsites.net.\n$ORIGIN net.\nx 1 IN A 192.0.2.1\n")
    assert judged["DNS021"].status == "warn"
    assert not judged["DNS023"].findings
    assert not judged["DNS024"].findings


@pytest.mark.parametrize("status", ["timeout", "servfail", "refused", "bogus"])
async def test_failures_are_unknown(status: Status) -> None:
    everything = {
        ("mailproof-wildcard-test.acme.example", "*"): status,
        ("mail.acme.example", "*"): status,
        ("_dmarc.acme.example", "*"): status,
        ("acme.example", "CAA"): status,
    }
    judged = await outcomes(FailingResolver(zone(HEAD + STS), everything))
    for rule in ("DNS018", "DNS019", "DNS020", "DNS021", "DNS022", "DNS023", "DNS024", "DNS025"):
        assert judged[rule].status == "unknown", judged[rule]


async def test_a_target_that_could_not_be_asked_for_is_not_dangling() -> None:
    inner = zone(HEAD + "mail 3600 IN CNAME acme.bankrupt.test.\n")
    judged = await outcomes(FailingResolver(inner, {("mail.acme.example", "A"): "servfail"}))
    assert judged["DNS023"].status == "unknown"
    assert not judged["DNS023"].findings


async def test_offline_is_skipped() -> None:
    judged = await outcomes(ZoneResolver())
    for rule in ("DNS018", "DNS022", "DNS023", "DNS024"):
        assert judged[rule].status == "skipped", judged[rule]


async def test_a_whole_top_level_that_is_missing_cannot_be_registered() -> None:
    judged = await outcomes("mail 3600 IN CNAME acme.server.local.\n")
    assert not judged["DNS023"].findings
    assert judged["DNS024"].status == "warn"


async def test_given_selectors_are_looked_at() -> None:
    text = "s1._domainkey 3600 IN CNAME s1.bankrupt.test.\n$ORIGIN test.\nx 1 IN A 192.0.2.1\n"
    judged = await outcomes(text, ("s1",))
    assert "s1._domainkey.acme.example" in judged["DNS023"].findings[0].message


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (('0 issue ";"',), "name no CA"),
        (('0 issue ""',), "name no CA"),
        (('0 issue ";"', '0 issue "ca.example; account=1"'), ""),
        (('0 issuewild ";"',), ""),
        (('0 iodef "mailto:a@acme.example"',), ""),
        (('128 tbs "x"', '0 issue "ca.example"'), "critical property"),
        (('128 issue "ca.example"',), ""),
        (('0 tbs "x"',), ""),
    ],
)
def test_caa(records: tuple[str, ...], words: str) -> None:
    found = _obstacle(records)
    assert words in found
    assert bool(found) is bool(words)


async def test_caa_without_mta_sts_does_not_matter() -> None:
    assert (await outcomes('@ 3600 IN CAA 0 issue ";"\n'))["DNS025"].status == "skipped"


def test_services_are_told_by_whole_labels() -> None:
    services = takeover_services()
    assert services.service_of("acme.azurewebsites.net") == "Microsoft Azure"
    assert services.service_of("notazurewebsites.net") == ""
    assert services.service_of("azurewebsites.net") == ""
