"""Name servers queried directly over real sockets: each one's answers, and what is not queried."""

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
from tests.support.resolvers import FailingResolver, zone

RECORDS = {
    "SOA": "acme.example. 3600 SOA ns1.acme.example. h.acme.example. 7 7200 3600 1209600 3600",
    "NS": "acme.example. 3600 NS ns1.acme.example.",
    "MX": "acme.example. 3600 MX 10 mx.esp.example.",
    "TXT": 'acme.example. 3600 TXT "v=spf1 -all"',
}


def healthy(asked: Asked) -> Reply:
    assert not asked.message.flags & dns.flags.RD
    reply = asked.reply(RECORDS[asked.rrtype]) if asked.name == "acme.example" else asked.reply(rcode=3)
    reply.flags = (reply.flags | dns.flags.AA) & ~dns.flags.RA
    return reply


def older(asked: Asked) -> Reply:
    if asked.rrtype == "TXT" and asked.name == "acme.example":
        reply = asked.reply('acme.example. 3600 TXT "v=spf1 ip4:192.0.2.9 -all"')
        reply.flags |= dns.flags.AA
        return reply
    return healthy(asked)


def refusing(asked: Asked) -> Reply:
    return asked.reply(rcode=5)


def recursive(asked: Asked) -> Reply:
    return asked.reply(RECORDS[asked.rrtype]) if asked.name == "acme.example" else asked.reply(rcode=3)


def referring(asked: Asked) -> Reply:
    reply = asked.reply(authority=("example. 3600 NS a.root.test.",))
    reply.flags &= ~(dns.flags.AA | dns.flags.RA)
    return reply


def silent(asked: Asked) -> Reply:
    return None


async def collect(*handlers: Handler, private: bool = True) -> tuple[AuthorityFacts, list[DnsServer]]:
    """Collect with one name server per handler, at 10.0.0.1 and up."""
    lines = ["$ORIGIN acme.example.", f"@ 3600 IN {RECORDS['SOA'].partition(' 3600 ')[2]}"]
    ports: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(DnsServer(handler)) for handler in handlers]
        for number, server in enumerate(servers, 1):
            lines += [f"@ 3600 IN NS ns{number}", f"ns{number} 3600 IN A 10.0.0.{number}"]
            ports[f"10.0.0.{number}"] = server.address
        asker = await stack.enter_async_context(DirectAsker(timeout=0.2, route=lambda text: ports[text]))
        found = await collect_authority(
            "acme.example",
            zone("\n".join(lines)),
            TransportOptions(allowed=("10.0.0.0/8",) if private else ()),
            asker=asker,
        )
    return found, servers


def outcomes(found: AuthorityFacts) -> dict[str, Outcome]:
    facts = DomainFacts("acme.example", authority=found)
    return {each.check: each for each in judge(registry.checks("domain"), facts, facts.domain)}


async def test_agreeing_servers_pass() -> None:
    found, servers = await collect(healthy, healthy)
    judged = outcomes(found)
    for rule in ("DNS008", "DNS009", "DNS010", "DNS011", "DNS014", "DNS016"):
        assert judged[rule].status == "pass", judged[rule]
    assert {(asked.name, asked.rrtype) for asked in servers[1].asked} == {
        ("acme.example", "SOA"),
        ("acme.example", "NS"),
        ("acme.example", "MX"),
        ("acme.example", "TXT"),
        ("_dmarc.acme.example", "TXT"),
    }


async def test_differing_servers_are_shown_record_by_record() -> None:
    found, _ = await collect(healthy, older)
    (finding,) = outcomes(found)["DNS008"].findings
    assert finding.location is not None
    assert (finding.location.name, finding.location.rrtype) == ("acme.example", "TXT")
    assert finding.evidence == (
        "ns1.acme.example (10.0.0.1): v=spf1 -all",
        "ns2.acme.example (10.0.0.2): v=spf1 ip4:192.0.2.9 -all",
    )


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (refusing, "refuses to answer"),
        (recursive, "without authority"),
        (referring, "refers resolvers to other servers"),
    ],
)
async def test_lame_servers(handler: Handler, words: str) -> None:
    found, _ = await collect(healthy, handler)
    judged = outcomes(found)
    (finding,) = judged["DNS010"].findings
    assert words in finding.message
    assert judged["DNS010"].status == "warn"
    assert judged["DNS008"].status == "pass"  # non-authoritative answers are not compared


async def test_all_lame_is_an_error() -> None:
    found, _ = await collect(refusing, refusing)
    assert outcomes(found)["DNS010"].status == "fail"


async def test_one_silent_server_is_a_warning_and_nothing_unknown() -> None:
    found, servers = await collect(healthy, silent)
    judged = outcomes(found)
    assert judged["DNS011"].status == "warn"
    assert judged["DNS010"].status == "pass"
    assert judged["DNS008"].status == "pass"
    assert servers[1].counts["acme.example", "SOA"] == 2  # queried twice before it counts


async def test_no_server_answers_is_nothing_that_this_machine_can_check() -> None:
    found, _ = await collect(silent, silent)
    judged = outcomes(found)
    for rule in ("DNS011", "DNS008"):
        assert (judged[rule].status, judged[rule].not_possible_here) == ("skipped", "authority")


async def test_a_resolver_that_answers_in_place_of_all_servers_makes_none_lame() -> None:
    """As a router or VPN does that redirects port 53."""
    found, _ = await collect(recursive, recursive)
    judged = outcomes(found)
    for rule in ("DNS008", "DNS010", "DNS011", "DNS014"):
        assert (judged[rule].status, judged[rule].not_possible_here) == ("skipped", "authority")


async def test_octets_that_are_no_reply_make_the_server_lame() -> None:
    found, _ = await collect(healthy, lambda asked: asked.message.to_wire()[:2] + b"\x84\x00" + b"\xff" * 30)
    judged = outcomes(found)
    assert judged["DNS008"].status == "pass"
    assert judged["DNS010"].findings or judged["DNS011"].findings


async def test_private_addresses_are_not_asked() -> None:
    found, servers = await collect(healthy, private=False)
    assert servers[0].asked == []
    assert found.servers[0].addresses[0].skipped == "not queried: private (RFC 1918)"
    judged = outcomes(found)
    assert judged["DNS008"].status == "skipped"
    assert "private" in judged["DNS008"].reason


async def test_without_connections_nothing_is_asked() -> None:
    resolver = zone("$ORIGIN acme.example.\n@ 1 IN SOA a b 1 2 3 4 5\n@ 1 IN NS ns1\nns1 1 IN A 192.0.2.1\n")
    found = await collect_authority("acme.example", resolver)
    assert not found.asked
    judged = outcomes(found)
    assert (judged["DNS008"].status, judged["DNS010"].status) == ("skipped", "skipped")


async def test_unknown_name_servers_are_not_missing_ones() -> None:
    inner = zone("$ORIGIN acme.example.\n@ 1 IN SOA a b 1 2 3 4 5\n")
    found = await collect_authority(
        "acme.example", FailingResolver(inner, {("acme.example", "NS"): "timeout"})
    )
    assert outcomes(found)["DNS013"].status == "unknown"
    assert outcomes(found)["DNS012"].status == "unknown"


async def test_an_address_in_an_ns_record_is_no_name_of_a_server() -> None:
    zone_text = "$ORIGIN acme.example.\n@ 1 IN SOA a b 1 2 3 4 5\n@ 1 IN NS 192.0.2.53.\n"
    (finding,) = outcomes(await collect_authority("acme.example", zone(zone_text)))["DNS013"].findings
    assert "is an IP address" in finding.message
    assert finding.fix is not None
    assert "Publish public addresses" not in finding.fix.summary
