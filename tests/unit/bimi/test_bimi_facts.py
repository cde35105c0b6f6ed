"""BIMI facts, from zones and from a server on loopback, and the rules' results."""

from __future__ import annotations

import gzip
import ssl
from datetime import UTC, datetime

import pytest

from mailproof.checks import registry
from mailproof.dns import MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.bimi_evidence import read_evidence
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.transport_options import USUAL
from mailproof.model import BimiSelectorFacts, DomainFacts, FetchFacts, Outcome, Status
from mailproof.structs import replace
from tests.support import httpsserver as web
from tests.support.checks import findings_of
from tests.support.mark import LOGO, mark_chain
from tests.support.resolvers import FailingResolver, zone
from tests.support.rulebook import RULES, read_facts
from tests.support.tls import Authority

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
WWW = "https://www.acme.example"
RECORD = f'default._bimi 3600 IN TXT "v=BIMI1; l={WWW}/logo.svg; a={WWW}/vmc.pem"\n'
DMARC = '_dmarc 3600 IN TXT "v=DMARC1; p=reject"\n'
WORLD = f"$ORIGIN acme.example.\nwww 3600 IN A 127.0.0.1\n{DMARC}{RECORD}"
COLLECTORS = ("dmarc", "bimi", "misplaced")


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue("www.acme.example").context()


async def collected(
    authority: Authority,
    context: ssl.SSLContext,
    answers: dict[str, web.Answer] | None = None,
    world: str = WORLD,
    domain: str = "acme.example",
) -> DomainFacts:
    usual = {
        "/logo.svg": web.page(LOGO, "image/svg+xml"),
        "/vmc.pem": web.page(mark_chain("acme.example", now=NOW)),
    }
    async with web.https_server(context, {**usual, **(answers or {})}) as server:
        transport = web.to(server.port, authority)
        options = DomainOptions(collectors=COLLECTORS, transport=transport, now=NOW)
        return await collect_domain(domain, MemoResolver(zone(world)), options)


def default(facts: DomainFacts) -> BimiSelectorFacts:
    assert facts.bimi is not None
    return facts.bimi.selectors[0]


def judged(facts: DomainFacts) -> dict[str, Outcome]:
    return {o.check: o for o in judge(registry.of_topics("bimi"), facts, facts.domain, facts.failures)}


def failing(facts: DomainFacts) -> list[str]:
    return [rule for rule, outcome in judged(facts).items() if outcome.status in ("fail", "warn")]


async def test_a_domain_that_does_it_right(authority: Authority, context: ssl.SSLContext) -> None:
    facts = await collected(authority, context)
    found = default(facts)
    assert found.logo is not None
    assert found.evidence is not None
    assert (found.logo.title, found.logo.width, found.logo.problems) == ("Acme", 64, ())
    assert found.logo.sha256 == found.evidence.logo_sha256
    assert (found.evidence.bimi_usage, found.evidence.linked) == (True, True)
    assert found.evidence.mark_type == "Registered Mark"
    assert {outcome.status for outcome in judged(facts).values()} == {"pass"}


@pytest.mark.parametrize("packed", [gzip.compress(LOGO)])
async def test_a_packed_logo_is_unpacked(
    authority: Authority, context: ssl.SSLContext, packed: bytes
) -> None:
    facts = await collected(authority, context, {"/logo.svg": web.page(packed, "image/svg+xml")})
    assert failing(facts) == []


@pytest.mark.parametrize(
    ("path", "answer", "expected"),
    [
        ("/logo.svg", web.status(404), ["BIMI006"]),
        ("/logo.svg", web.status(302, "Location: https://cdn.test/logo.svg\r\n"), ["BIMI006"]),
        ("/logo.svg", web.endless(), ["BIMI006"]),
        ("/logo.svg", web.page(gzip.compress(bytes(50 << 20), 1)), ["BIMI007", "BIMI014"]),
        ("/logo.svg", web.page(b"<html><body>not here</body></html>"), ["BIMI007", "BIMI014"]),
        ("/logo.svg", web.page(LOGO + b"\n"), ["BIMI014"]),
        ("/vmc.pem", web.status(403), ["BIMI010"]),
        ("/vmc.pem", web.page(b"nothing"), ["BIMI010"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW) * 6), ["BIMI010"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, usage=False)), ["BIMI011"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, logo=None)), ["BIMI011"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, days=-1)), ["BIMI012"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, days=10)), ["BIMI012"]),
        ("/vmc.pem", web.page(mark_chain("other.test", now=NOW)), ["BIMI013"]),
        ("/vmc.pem", web.page(mark_chain("default._bimi.acme.example", now=NOW)), []),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, alone=True)), ["BIMI018"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, stray=True)), ["BIMI018"]),
        ("/vmc.pem", web.page(mark_chain("acme.example", now=NOW, logo=LOGO + b" ")), ["BIMI014"]),
    ],
)
async def test_faults_found_over_the_wire(
    authority: Authority, context: ssl.SSLContext, path: str, answer: web.Answer, expected: list[str]
) -> None:
    assert failing(await collected(authority, context, {path: answer})) == expected


async def test_an_expiry_ahead_warns_and_a_past_one_fails(
    authority: Authority, context: ssl.SSLContext
) -> None:
    for days, status in ((-1, "fail"), (0, "warn"), (29, "warn"), (30, "pass")):
        chain = mark_chain("acme.example", now=NOW, days=days)
        facts = await collected(authority, context, {"/vmc.pem": web.page(chain)})
        assert judged(facts)["BIMI012"].status == status


async def test_a_subdomain_falls_back_to_the_organizational_domain(
    authority: Authority, context: ssl.SSLContext
) -> None:
    facts = await collected(authority, context, domain="news.acme.example")
    found = default(facts)
    assert found.found_at == "default._bimi.acme.example"
    assert [lookup.name for lookup in found.lookups] == ["default._bimi.news.acme.example", found.found_at]
    assert failing(facts) == []


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=DMARC1; p=none", "p=none"),
        ("v=DMARC1; p=reject; sp=none", "sp=none"),
        ("v=DMARC1; p=reject; t=y", "t=y"),
        ("v=DMARC1; p=quarantine; pct=50", "pct=50"),
        ("v=DMARC1; rua=mailto:d@acme.example", "p=none"),
        ("", "no DMARC policy"),
    ],
)
async def test_dmarc_that_does_not_enforce(record: str, words: str) -> None:
    world = WORLD.replace(DMARC, f'_dmarc 3600 IN TXT "{record}"\n' if record else "")
    facts = await collect_domain(
        "acme.example", MemoResolver(zone(world)), DomainOptions(collectors=COLLECTORS)
    )
    (finding,) = judged(facts)["BIMI005"].findings
    assert words in finding.message


@pytest.mark.parametrize(
    "record", ["v=DMARC1; p=quarantine", "v=DMARC1; p=reject; pct=50", "v=DMARC1; p=quarantine; pct=100"]
)
async def test_dmarc_that_enforces(record: str) -> None:
    world = WORLD.replace(DMARC, f'_dmarc 3600 IN TXT "{record}"\n')
    facts = await collect_domain(
        "acme.example", MemoResolver(zone(world)), DomainOptions(collectors=COLLECTORS)
    )
    assert judged(facts)["BIMI005"].status == "pass"


async def test_a_weak_policy_above_an_enforced_subdomain_still_counts() -> None:
    world = WORLD.replace("p=reject", "p=none") + '_dmarc.news 3600 IN TXT "v=DMARC1; p=reject"\n'
    options = DomainOptions(collectors=COLLECTORS)
    facts = await collect_domain("news.acme.example", MemoResolver(zone(world)), options)
    (finding,) = judged(facts)["BIMI005"].findings
    assert "_dmarc.acme.example" in finding.message


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_record_that_could_not_be_looked_up_is_not_missing(status: Status) -> None:
    resolver = FailingResolver(zone(WORLD), {("default._bimi.acme.example", "TXT"): status})
    facts = await collect_domain("acme.example", MemoResolver(resolver), DomainOptions(collectors=COLLECTORS))
    assert {outcome.status for outcome in judged(facts).values()} == {"unknown"}


async def test_a_dmarc_look_up_that_failed_leaves_enforcement_unknown() -> None:
    resolver = FailingResolver(zone(WORLD), {("_dmarc.acme.example", "TXT"): "servfail"})
    facts = await collect_domain("acme.example", MemoResolver(resolver), DomainOptions(collectors=COLLECTORS))
    assert judged(facts)["BIMI005"].status == "unknown"


async def test_without_the_organizational_domain_the_fallback_is_unknown() -> None:
    world = zone("$ORIGIN acme.example.\nnews IN A 192.0.2.1\n")
    resolver = FailingResolver(world, {("_dmarc.acme.example", "TXT"): "servfail"})
    options = DomainOptions(collectors=COLLECTORS)
    facts = await collect_domain("news.acme.example", MemoResolver(resolver), options)
    assert {outcome.status for outcome in judged(facts).values()} == {"unknown"}


async def test_a_host_that_could_not_be_looked_up_is_unknown() -> None:
    resolver = FailingResolver(zone(WORLD), {("www.acme.example", "*"): "servfail"})
    options = DomainOptions(collectors=COLLECTORS, transport=USUAL)
    outcomes = judged(await collect_domain("acme.example", MemoResolver(resolver), options))
    assert {outcomes[f"BIMI{n:03}"].status for n in (6, 7, 8, 10, 11, 12, 13, 14, 18)} == {"unknown"}


async def test_without_a_record_nothing_is_judged() -> None:
    facts = await collect_domain("acme.example", MemoResolver(zone("")), DomainOptions(collectors=COLLECTORS))
    assert {outcome.status for outcome in judged(facts).values()} == {"skipped"}


async def test_a_private_logo_host_is_never_connected_to() -> None:
    options = DomainOptions(collectors=COLLECTORS, transport=USUAL)
    facts = await collect_domain("acme.example", MemoResolver(zone(WORLD)), options)
    found = default(facts)
    assert found.logo is not None
    assert found.logo.fetch.kind == "refused-address"
    assert failing(facts) == ["BIMI006", "BIMI010"]


@pytest.mark.parametrize("cut", [10, 200, 500, 900])
def test_damaged_certificates_are_told_of(cut: int) -> None:
    pem = mark_chain("acme.example", now=NOW)
    fetched = FetchFacts(f"{WWW}/vmc.pem", "ok", 200)
    assert read_evidence(fetched, pem[:cut], NOW).problem
    middle = pem[:cut] + b"A" * 40 + pem[cut + 40 :]
    read_evidence(fetched, middle, NOW)  # any result will do, but it must not raise


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.17", "3005a303020101"),  # an X.400 address, which cryptography refuses to parse
        ("2.5.29.17", "ffff"),
        ("2.5.29.37", "3000"),
        ("2.5.29.37", "00"),
        ("2.5.29.19", "7a7a"),
        ("1.3.6.1.5.5.7.1.12", "1612646174613a696d6167652f7376672b786d6c"),
    ],
)
def test_certificates_made_to_break_readers(oid: str, value: str) -> None:
    pem = mark_chain("acme.example", now=NOW, logo=None, usage=False, also=((oid, bytes.fromhex(value)),))
    evidence = read_evidence(FetchFacts(f"{WWW}/vmc.pem", "ok", 200), pem, NOW)
    assert (evidence.bimi_usage, evidence.logo_sha256) == (False, "")
    assert evidence.problem == ""


def test_a_selector_without_a_logo_does_not_hide_the_other_logo_that_differs() -> None:
    facts = read_facts(RULES / "BIMI014" / "bad.toml")
    assert facts.bimi is not None
    (own,) = facts.bimi.selectors
    lookups = tuple(replace(each, name=f"other.{each.name}") for each in own.lookups)
    other = replace(own, lookups=lookups, found_at=lookups[-1].name, logo=None)
    both = replace(facts, bimi=replace(facts.bimi, selectors=(other, own)))
    assert findings_of("BIMI014", both) == findings_of("BIMI014", facts) != []


async def test_a_faulty_record_above_does_not_hide_an_alias_that_leads_nowhere(
    authority: Authority, context: ssl.SSLContext
) -> None:
    world = f"{WORLD.replace('v=BIMI1; ', '')}default._bimi.news 3600 IN CNAME gone.example.\n"
    facts = await collected(authority, context, world=world, domain="news.acme.example")
    assert failing(facts) == ["BIMI002", "BIMI016"]
