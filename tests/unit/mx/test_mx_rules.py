"""The MX and domain rules beyond their fixtures: unknown stays unknown, documentation ranges are ordinary."""

from __future__ import annotations

import pytest

from mailproof.checks.domain import CHECKS as DOMAIN_CHECKS
from mailproof.checks.mx import CHECKS as MX_CHECKS
from mailproof.dns import MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.mx import collect_mx, collect_sending_hosts
from mailproof.facts.spf import collect_spf
from mailproof.facts.zone import collect_zone
from mailproof.model import DomainFacts, Outcome, Status
from tests.support.resolvers import FailingResolver, zone

Failures = dict[tuple[str, str], Status]
STATUSES = ["servfail", "timeout", "refused", "bogus"]
SOA = "@ IN SOA ns1 host 1 2 3 4 5\n@ IN NS ns1\n@ IN NS ns2\nns1 IN A 192.0.2.53\nns2 IN A 198.51.100.53\n"


async def judged(
    text: str, failures: Failures | None = None, domain: str = "acme.example", ips: tuple[str, ...] = ()
) -> dict[str, Outcome]:
    resolver = MemoResolver(FailingResolver(zone("$ORIGIN acme.example.\n" + text), failures or {}))
    soa, ns = await collect_zone(domain, resolver)
    lookup, hosts = await collect_mx(domain, resolver)
    facts = DomainFacts(
        domain=domain,
        soa=soa,
        ns=ns,
        mx_lookup=lookup,
        mx=hosts,
        spf=await collect_spf(domain, resolver),
        sending_hosts=await collect_sending_hosts(ips, domain, resolver),
        lookups=tuple(answer.as_lookup() for answer in resolver.answers),
    )
    return {outcome.check: outcome for outcome in judge((*DOMAIN_CHECKS, *MX_CHECKS), facts, domain)}


def found(outcomes: dict[str, Outcome], topic: str = "MX") -> set[str]:
    return {rule for rule, o in outcomes.items() if o.findings and rule.startswith(topic)}


@pytest.mark.parametrize("status", STATUSES)
async def test_a_failed_mx_look_up_is_unknown_in_every_mx_rule(status: Status) -> None:
    outcomes = await judged("@ IN A 192.0.2.1\n", {("acme.example", "MX"): status})
    assert found(outcomes) == set()
    states = {o.status for rule, o in outcomes.items() if rule.startswith("MX")}
    assert states == {"unknown", "skipped"}
    assert outcomes["MX001"].status == "unknown"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("rrtype", ["A", "AAAA"])
async def test_a_host_that_cannot_be_looked_up_is_not_a_host_without_address(
    status: Status, rrtype: str
) -> None:
    outcomes = await judged("@ IN MX 10 m\nm IN TXT x\n", {("m.acme.example", rrtype): status})
    assert outcomes["MX005"].status == "unknown"
    assert not outcomes["MX005"].findings


async def test_one_dead_host_does_not_hide_another_without_address() -> None:
    text = "@ IN MX 10 m\n@ IN MX 20 n\nm IN TXT x\nn IN TXT x\n"
    outcomes = await judged(text, {("m.acme.example", "*"): "servfail"})
    assert outcomes["MX005"].status == "fail"
    assert [f.location.snippet for f in outcomes["MX005"].findings if f.location] == ["n.acme.example"]
    assert "SERVFAIL" in outcomes["MX005"].reason


@pytest.mark.parametrize("status", STATUSES)
async def test_a_failed_ptr_look_up_spoils_only_its_own_rules(status: Status) -> None:
    text = '@ IN MX 10 m\n@ IN TXT "v=spf1 mx -all"\nm IN A 192.0.2.1\nm IN AAAA 2001:db8::1\n'
    outcomes = await judged(text, {("1.2.0.192.in-addr.arpa", "PTR"): status})
    assert outcomes["MX009"].status == "warn"  # the IPv6 address is known to have none
    assert len(outcomes["MX009"].findings) == 1
    assert outcomes["MX005"].status == "pass"


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1"])
async def test_addresses_that_cannot_be_reached(address: str) -> None:
    outcomes = await judged(f"@ IN MX 10 m\nm IN A {address}\n")
    assert outcomes["MX008"].status == "fail"
    assert outcomes["MX009"].findings == ()


@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.1", "203.0.113.1"])
async def test_documentation_addresses_are_ordinary(address: str) -> None:
    assert (await judged(f"@ IN MX 10 m\nm IN A {address}\n"))["MX008"].status == "pass"


@pytest.mark.parametrize(
    ("spf", "bad"),
    [
        ("v=spf1 -all", False),
        ("v=spf1 include:esp.test -all", True),
        ("v=spf1 ~all", True),
        ("v=spf1 redirect=esp.test", True),
    ],
)
async def test_null_mx_is_wrong_only_on_a_domain_that_sends(spf: str, bad: bool) -> None:
    outcomes = await judged(f'@ IN MX 0 .\n@ IN TXT "{spf}"\n')
    assert bool(outcomes["MX003"].findings) is bad
    assert outcomes["MX001"].status == "pass"


async def test_null_mx_with_unknown_spf_is_unknown() -> None:
    outcomes = await judged("@ IN MX 0 .\n", {("acme.example", "TXT"): "servfail"})
    assert outcomes["MX003"].status == "unknown"


async def test_ptr_weighs_only_where_the_hosts_send() -> None:
    text = "@ IN MX 10 m\nm IN A 192.0.2.1\n"
    assert (await judged(text + '@ IN TXT "v=spf1 mx -all"\n'))["MX009"].status == "warn"
    assert (await judged(text + '@ IN TXT "v=spf1 ip4:192.0.2.9 -all"\n'))["MX009"].status == "pass"


async def test_implicit_mx_without_an_answer_is_unknown() -> None:
    outcomes = await judged("@ IN TXT x\n", {("acme.example", "A"): "timeout"})
    assert outcomes["MX001"].status == "unknown"


@pytest.mark.parametrize("status", STATUSES)
async def test_sending_hosts_with_dns_trouble_are_unknown(status: Status) -> None:
    text = '@ IN TXT "v=spf1 ip4:192.0.2.1 -all"\n'
    failures: Failures = {("1.2.0.192.in-addr.arpa", "PTR"): status, ("acme.example", "TXT"): status}
    outcomes = await judged(text, failures, ips=("192.0.2.1",))
    assert outcomes["MX014"].status == "unknown"
    assert outcomes["MX016"].status == "unknown"


@pytest.mark.parametrize(
    ("name", "generic"),
    [
        ("mail.acme.example", False),
        ("out-40.acme.example", False),
        ("192-0-2-40.pool.esp.test", True),
        ("40.2.0.192.dsl.esp.test", True),
        ("host40.dynamic.esp.test", True),
    ],
)
async def test_generic_ptr_names(name: str, generic: bool) -> None:
    text = f"40.2.0.192.in-addr.arpa. IN PTR {name}.\n"
    outcomes = await judged(text, ips=("192.0.2.40",))
    assert bool(outcomes["MX017"].findings) is generic


@pytest.mark.parametrize("status", STATUSES)
async def test_a_domain_that_cannot_be_looked_up_is_not_missing(status: Status) -> None:
    outcomes = await judged(SOA, {("acme.example", "SOA"): status})
    assert outcomes["DOM001"].status == "unknown"
    assert outcomes["DOM002"].status == "unknown"
    outcomes = await judged(SOA, {("acme.example", "NS"): status})
    assert outcomes["DOM003"].status == "unknown"
    assert outcomes["DOM001"].status == "pass"


async def test_a_plain_name_of_a_zone_needs_no_soa_of_its_own() -> None:
    text = SOA + "news IN A 192.0.2.1\n"
    assert (await judged(text, domain="news.acme.example"))["DOM002"].status == "pass"
    failures: Failures = {("acme.example", "SOA"): "timeout"}
    assert (await judged(text, failures, domain="news.acme.example"))["DOM002"].status == "unknown"


async def test_a_domain_that_does_not_exist_is_one_finding() -> None:
    outcomes = await judged(SOA, domain="gone.test")
    assert found(outcomes, "DOM") == {"DOM001"}
    assert found(outcomes) == set()


async def test_an_address_literal_is_only_taken_away_where_another_host_is() -> None:
    alone = (await judged("@ IN MX 10 192.0.2.1.\n"))["MX007"].findings[0].fix
    beside = (
        (await judged("@ IN MX 10 192.0.2.1.\n@ IN MX 20 m\nm IN A 192.0.2.2\n"))["MX007"].findings[0].fix
    )
    private = (await judged("@ IN MX 10 10.0.0.1.\n"))["MX007"].findings[0].fix
    assert alone is not None
    assert [record.rrtype for record in alone.records] == ["MX", "MX", "A"]
    assert beside is not None
    assert [record.action for record in beside.records] == ["remove"]
    assert private is not None
    assert [record.rrtype for record in private.records] == ["MX", "MX"]
