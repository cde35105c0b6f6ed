"""Answers that a resolver makes up, instead of passing on what the domain publishes."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.rrset
import pytest

from mailproof.dns import LiveResolver
from tests.support.dnsserver import Asked, DnsServer, Handler
from tests.unit.dns_live.test_live_answers import SOA, ask, texts


def blocked(q: Asked) -> dns.message.Message:
    reply = q.reply(rcode=3, authority=(SOA,))
    reply.use_edns(0, 0, 1232, options=[dns.edns.EDEOption(dns.edns.EDECode.BLOCKED, "adult\x07")])
    return reply


def nulled(q: Asked) -> dns.message.Message:
    reply = q.reply("a.test 60 A 0.0.0.0")
    reply.use_edns(0, 0, 1232, options=[dns.edns.EDEOption(dns.edns.EDECode.FORGED_ANSWER)])
    return reply


def rewritten(q: Asked) -> dns.message.Message:
    reply = q.reply(rcode=3)
    reply.additional.append(dns.rrset.from_text("rpz.local.", 60, "IN", "SOA", ". . 1 2 3 4 5"))
    return reply


def local(q: Asked) -> dns.message.Message:
    reply = q.reply(rcode=3)
    reply.flags |= dns.flags.AA
    return reply


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (blocked, "blocked by the resolver (EDE 15: adult)"),
        (nulled, "forged by the resolver (EDE 4)"),
        (rewritten, "rewritten by the resolver's policy zone rpz.local"),
        (local, "without the SOA record"),
        (lambda q: q.reply("a.test 60 TXT portal"), "only records that were not asked for"),
    ],
)
async def test_what_a_resolver_makes_up_is_no_answer(handler: Handler, words: str) -> None:
    """As BIND, Unbound, dnsmasq and filtering public resolvers do it."""
    answer = await ask(handler, rrtype="SOA")
    assert (answer.status, answer.records) == ("refused", ())
    assert words in answer.reason


@pytest.mark.parametrize(
    ("addresses", "status"), [(("0.0.0.0",), "refused"), (("0.0.0.0", "192.0.2.1"), "ok")]
)
async def test_a_null_address_of_the_resolvers_own(addresses: tuple[str, ...], status: str) -> None:
    """As Pi-hole and Unbound block a name; one that a zone publishes comes without the AA bit."""

    def handler(q: Asked) -> dns.message.Message:
        reply = q.reply(*(f"{q.name} 60 A {address}" for address in addresses))
        if q.name == "a.test":
            reply.flags |= dns.flags.AA
        return reply

    assert (await ask(handler, rrtype="A")).status == status
    assert (await ask(handler, "b.test", rrtype="A")).status == "ok"


async def test_nxdomain_of_a_cache_that_claims_authority() -> None:
    """As djbdns's dnscache answers: with AA and RA, without SOA and EDNS."""

    def handler(q: Asked) -> dns.message.Message:
        reply = local(q)
        reply.use_edns(False)
        return reply

    assert (await ask(handler, rrtype="SOA")).status == "nxdomain"


@pytest.mark.parametrize("prefix", ["64:ff9b::", "2001:db8:64::"])
async def test_addresses_made_up_by_dns64_are_left_out(prefix: str) -> None:
    def handler(q: Asked) -> dns.message.Message:
        made_up = f"{q.name} 60 AAAA {prefix}c000:{'aa' if q.name == 'ipv4only.arpa' else '201'}"
        return q.reply(made_up, *(["b.test 60 AAAA 2001:db8::1"] if q.name == "b.test" else []))

    assert (await ask(handler, rrtype="AAAA")).status == "nodata"
    assert texts(await ask(handler, "b.test", rrtype="AAAA")) == ["2001:db8::1"]


async def test_the_next_server_is_queried_where_one_filters() -> None:
    async with (
        DnsServer(local) as one,
        DnsServer(lambda q: q.reply("a.test 60 TXT x")) as other,
        LiveResolver([one.address, other.address]) as resolver,
    ):
        assert texts(await resolver.query("a.test", "TXT")) == ['"x"']


async def test_a_resolver_that_does_not_name_its_dns64_prefix_is_asked_once() -> None:
    asked: list[str] = []

    def handler(q: Asked) -> dns.message.Message | None:
        asked.append(q.name)
        both = (f"{q.name} 60 AAAA 64:ff9b::c000:201", f"{q.name} 60 AAAA 2001:db8::1")
        return None if q.name == "ipv4only.arpa" else q.reply(*both)

    async with DnsServer(handler) as server, LiveResolver([server.address], timeout=0.3, attempts=1) as live:
        answers = [await live.query(name, "AAAA") for name in ("a.test", "b.test")]
    assert [texts(answer) for answer in answers] == [["2001:db8::1"]] * 2
    assert asked.count("ipv4only.arpa") == 1
