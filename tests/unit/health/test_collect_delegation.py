"""The parent servers' answers for a zone, over real sockets: referrals, and other answers."""

from __future__ import annotations

from contextlib import AsyncExitStack

import dns.flags
import pytest

from mailproof.checks import registry
from mailproof.dns.live.direct import DirectAsker
from mailproof.engine.judge import judge
from mailproof.facts.authoritative import collect_authority
from mailproof.facts.transport_options import TransportOptions
from mailproof.model import AuthorityFacts, DomainFacts, Outcome
from tests.support.dnsserver import Asked, DnsServer, Handler, Reply
from tests.support.resolvers import zone

ZONE = """
$ORIGIN example.
@ 3600 IN SOA a h 7 7200 3600 1209600 3600
@ 3600 IN NS a.nic
a.nic 3600 IN A 10.0.0.1
acme 3600 IN SOA ns1.acme h 7 7200 3600 1209600 3600
acme 3600 IN NS ns1.acme
ns1.acme 3600 IN A 10.0.0.2
"""


def child(asked: Asked) -> Reply:
    soa = "acme.example. 3600 SOA ns1.acme.example. h.acme.example. 7 7200 3600 1209600 3600"
    rows = {"SOA": soa, "NS": "acme.example. 3600 NS ns1.acme.example."}
    row = rows.get(asked.rrtype) if asked.name == "acme.example" else None
    reply = asked.reply(*([row] if row else []), rcode=0 if row else 3)
    reply.flags = (reply.flags | dns.flags.AA) & ~dns.flags.RA
    return reply


def refer(*names: str, owner: str = "acme.example.") -> Handler:
    def parent(asked: Asked) -> Reply:
        reply = asked.reply(authority=tuple(f"{owner} 3600 NS {name}" for name in names))
        reply.flags &= ~(dns.flags.AA | dns.flags.RA)
        return reply

    return parent


def silent(asked: Asked) -> Reply:
    return None


def refusing(asked: Asked) -> Reply:
    return asked.reply(rcode=5)


async def collect(parent: Handler, *, private: bool = True) -> AuthorityFacts:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(DnsServer(handler)) for handler in (parent, child)]
        ports = {f"10.0.0.{number}": server.address for number, server in enumerate(servers, 1)}
        asker = await stack.enter_async_context(DirectAsker(timeout=0.2, route=lambda text: ports[text]))
        options = TransportOptions(allowed=("10.0.0.0/8",) if private else ())
        return await collect_authority("acme.example", zone(ZONE), options, asker=asker)


def judged(found: AuthorityFacts) -> Outcome:
    facts = DomainFacts("acme.example", authority=found)
    outcomes = judge(registry.checks("domain"), facts, facts.domain)
    return next(each for each in outcomes if each.check == "DNS027")


async def test_the_same_servers_pass() -> None:
    found = await collect(refer("NS1.acme.example."))
    assert found.delegation is not None
    assert (found.delegation.parent, found.delegation.server) == ("example", "10.0.0.1")
    assert judged(found).status == "pass"


async def test_other_servers_are_named() -> None:
    (finding,) = judged(await collect(refer("ns1.acme.example.", "ns9.old.example."))).findings
    assert "only the parent lists ns9.old.example" in finding.message
    assert finding.fix is not None
    assert "ns1.acme.example" in finding.fix.summary


async def test_missing_ones_too() -> None:
    (finding,) = judged(await collect(refer("ns9.old.example."))).findings
    assert "only the zone lists ns1.acme.example" in finding.message


@pytest.mark.parametrize(("parent", "words"), [(silent, "no answer"), (refusing, "REFUSED")])
async def test_a_parent_that_does_not_answer_is_unknown(parent: Handler, words: str) -> None:
    outcome = judged(await collect(parent))
    assert outcome.status == "unknown"
    assert words in outcome.reason


async def test_a_server_of_both_zones_shows_no_delegation() -> None:
    outcome = judged(await collect(child))
    assert outcome.status == "skipped"
    assert "serves the zone itself" in outcome.reason


async def test_a_referral_for_another_name_is_none() -> None:
    assert judged(await collect(refer("a.root.test.", owner="."))).status == "skipped"


async def test_private_servers_are_not_asked() -> None:
    assert (await collect(refer("ns1.acme.example."), private=False)).delegation is None
