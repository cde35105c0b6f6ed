"""The MX and domain rules beyond their fixtures: unknown stays unknown, documentation ranges are ordinary."""

from __future__ import annotations

import pytest

from mailproof.checks import registry
from mailproof.dns import MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.mx import collect_mx, collect_sending_hosts
from mailproof.facts.spf import collect_spf
from mailproof.facts.zones import collect_zone
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
        lookups=tuple(answer.lookup for answer in resolver.answers),
    )
    return {outcome.check: outcome for outcome in judge(registry.of_topics("domain", "mx"), facts, domain)}


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
    assert outcomes["MX009"].status == "warn"  # the IPv6 address certainly has none
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
        ("v=spf1 ~all", False),
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
    assert alone.records == ()  # no host name is invented
    assert beside is not None
    assert [record.action for record in beside.records] == ["remove"]
    assert beside.kind == "decision"
    assert private is not None
    assert private.records == ()


@pytest.mark.parametrize(
    ("host", "rule", "words", "meant"),
    [
        (r"me\@acme.example.", "MX019", "is an email address", ""),
        (r"me\@acme.example", "MX019", "is an email address", ""),
        (r"mailto:me\@esp.test.", "MX019", "is an email address", ""),
        ("https://m.acme.example/", "MX019", "is a URL", "m.acme.example"),
        ("m.acme.example:25", "MX019", "has a port number", "m.acme.example"),
        (r"10\032m.acme.example.", "MX019", "has the preference", "m.acme.example"),
        (r"10\032m.acme.example", "MX019", "has the preference", "m.acme.example"),
        ("m.", "MX019", "has only one label", "m.acme.example"),
        ("nowhere.", "MX019", "has only one label", ""),
        ("m_x", "MX019", "has a character", ""),
        ("m.acme.example", "MX018", "final dot is missing", "m.acme.example"),
        ("mx.esp.test", "MX018", "final dot is missing", "mx.esp.test"),
        ("gone.acme.example", "MX018", "final dot is missing", ""),
        ("192.0.2.1.", "MX007", "names the IP address 192.0.2.1", ""),
        ("192.0.2.1", "MX007", "names the IP address 192.0.2.1", ""),
        ("[192.0.2.1]", "MX007", "names the IP address 192.0.2.1", ""),
        ("2001:db8::1", "MX007", "names the IP address 2001:db8::1", ""),
    ],
)
async def test_what_is_no_host_is_named(host: str, rule: str, words: str, meant: str) -> None:
    world = f"@ IN MX 10 {host}\nm IN A 192.0.2.2\nmx.esp.test. IN A 192.0.2.3\n"
    (finding,) = (await judged(world))[rule].findings
    assert words in finding.message
    assert finding.severity == ("warning" if host in ("nowhere.", "m_x") else "error")
    assert finding.fix is not None
    published = [record.value for record in finding.fix.records if record.action == "publish"]
    assert published == ([f"10 {meant}."] if meant else [])
    assert finding.fix.kind == ("decision" if host in ("nowhere.", "m_x") else "repair")


async def test_a_host_with_an_address_is_what_was_meant() -> None:
    world = "@ IN MX 10 mx.esp.test\nmx.esp.test IN A 192.0.2.2\nmx.esp.test. IN A 192.0.2.3\n"
    assert found(await judged(world)) & {"MX005", "MX018"} == set()
    unknown: Failures = {("mx.esp.test", "*"): "timeout"}
    outcomes = await judged("@ IN MX 10 mx.esp.test\n", unknown)
    assert found(outcomes) & {"MX005", "MX018"} == {"MX005"}
    outcomes = await judged("@ IN MX 10 aspmx.l.google.com\n", {("aspmx.l.google.com", "*"): "timeout"})
    assert [f.fix.records[1].value for f in outcomes["MX018"].findings if f.fix] == ["10 aspmx.l.google.com."]


async def test_the_zone_that_was_appended_may_be_above_the_domain() -> None:
    world = "news IN MX 10 mx.esp.test\nmx.esp.test. IN A 192.0.2.3\n"
    (finding,) = (await judged(world, domain="news.acme.example"))["MX018"].findings
    assert finding.fix is not None
    assert [record.value for record in finding.fix.records][1:] == ["10 mx.esp.test."]
    # `example` may be a registry: it is not the owner's zone.
    other = "@ IN MX 10 mail.test.example.\nmail.test. IN A 192.0.2.3\n"
    assert found(await judged(other)) & {"MX005", "MX018"} == {"MX005"}


@pytest.mark.parametrize(("host", "own"), [("gone", True), ("mail.gone.test.", False)])
async def test_only_an_own_host_can_be_given_an_address(host: str, own: bool) -> None:
    (finding,) = (await judged(f"@ IN MX 10 {host}\n"))["MX005"].findings
    assert finding.fix is not None
    assert finding.fix.summary.startswith("Publish the address") is own


async def test_a_null_mx_is_told_by_its_preference_and_by_its_neighbours() -> None:
    (finding,) = (await judged("@ IN MX 10 .\n"))["MX020"].findings
    assert finding.fix is not None
    assert [(r.value, r.action) for r in finding.fix.records] == [("10 .", "remove"), ("0 .", "publish")]
    beside = "@ IN MX 10 .\n@ IN MX 20 m\nm IN A 192.0.2.1\n"
    outcomes = await judged(beside)
    assert found(outcomes) & {"MX004", "MX020"} == {"MX004"}
    for spf, kind in (("v=spf1 mx -all", "repair"), ("v=spf1 -all", "decision"), ("", "decision")):
        outcomes = await judged(beside + f'@ IN TXT "{spf}"\n')
        assert [f.fix.kind for f in outcomes["MX004"].findings if f.fix] == [kind]
    outcomes = await judged(beside, {("acme.example", "TXT"): "servfail"})
    assert [f.fix.kind for f in outcomes["MX004"].findings if f.fix] == ["decision"]
    dead = await judged("@ IN MX 0 .\n@ IN MX 20 gone\n")
    assert [f.fix.records for f in dead["MX004"].findings if f.fix] == [()]


async def test_only_names_of_the_domain_get_records() -> None:
    private = "m.esp.test. IN A 10.0.0.1\nm.esp.test. IN A 192.0.2.9\nm IN A 10.0.0.1\nm IN A 192.0.2.9\n"
    theirs = (await judged("@ IN MX 10 m.esp.test.\n" + private))["MX008"].findings[0].fix
    ours = (await judged("@ IN MX 10 m\n" + private))["MX008"].findings[0].fix
    assert theirs is not None
    assert theirs.records == ()
    assert ours is not None
    assert [(r.name, r.action) for r in ours.records] == [("m.acme.example", "remove")]
    for target, records in (("real.acme.example.", 2), ("m.esp.test.", 0), ("_dc-mx.0123456789ab", 0)):
        world = (
            f"@ IN MX 10 a\na IN CNAME {target}\nreal IN A 192.0.2.9\n_dc-mx.0123456789ab IN A 192.0.2.9\n"
        )
        fix = (await judged(world + private))["MX006"].findings[0].fix
        assert fix is not None
        assert len(fix.records) == records
    reverse = "40.2.0.192.in-addr.arpa. IN PTR out.acme.example.\n"
    for world, records in (("", 1), ("out IN A 192.0.2.41\n", 0), ("out IN TXT x\n", 1)):
        fix = (await judged(reverse + world, ips=("192.0.2.40",)))["MX015"].findings[0].fix
        assert fix is not None
        assert len(fix.records) == records
