"""LiveResolver against a scripted server: the answer for each kind of reply."""

from __future__ import annotations

import asyncio
import struct

import dns.flags
import dns.message
import dns.rdatatype
import pytest

from mailproof.dns import Answer, LiveResolver, Resolver
from tests.support.dnsserver import Asked, DnsServer, Handler, Reply

SOA = "test 900 SOA ns.test h.test 1 2 3 4 300"


FAILURES = [(2, "servfail"), (5, "refused"), (9, "refused"), (23, "refused")]


async def ask(handler: Handler, name: str = "a.test", rrtype: str = "TXT", **options: object) -> Answer:
    validating = bool(options.pop("validating", False))
    options = {"timeout": 0.3, **options}
    async with (
        DnsServer(handler, validating=validating) as server,
        LiveResolver([server.address], **options) as resolver,  # type: ignore[arg-type] # keywords by their names
    ):
        assert isinstance(resolver, Resolver)
        answer = await resolver.query(name, rrtype)
        assert answer.server in (server.address, "")
        return answer


def texts(answer: Answer) -> list[str]:
    return [record.to_text() for record in answer.records]


async def test_records_ttl_and_name() -> None:
    answer = await ask(
        lambda q: q.reply("a.test 300 TXT one", "a.test 300 TXT two", "b.test 60 TXT other"), "A.Test."
    )
    assert (answer.status, answer.name, answer.rrtype, answer.ttl) == ("ok", "a.test", "TXT", 300)
    assert sorted(texts(answer)) == ['"one"', '"two"']
    assert answer.elapsed_ms > 0
    assert answer.chain == ()


@pytest.mark.parametrize(
    ("rrtype", "rdata"),
    [
        ("A", "192.0.2.1"),
        ("AAAA", "2001:db8::1"),
        ("AAAA", "::ffff:192.0.2.1"),
        ("MX", "10 Mx.Example."),
        ("NS", "ns.test."),
        ("PTR", "Host.Example."),
        ("CNAME", "x.test."),
        ("SRV", "1 2 443 host.example."),
        ("TLSA", "3 1 1 " + "ab" * 32),
        ("CAA", '0 issue "ca.example"'),
        ("SOA", "ns.test. h.test. 1 2 3 4 5"),
        ("TXT", '"a" "b c" "\\195\\164"'),
        ("TYPE65280", "\\# 3 010203"),
    ],
)
async def test_every_type_equals_dnspythons(rrtype: str, rdata: str) -> None:
    def handler(q: Asked) -> dns.message.Message:
        return q.reply(f"a.test 60 {rrtype} {rdata}")

    answer = await ask(handler, rrtype=rrtype)
    assert answer.status == "ok"
    assert texts(answer) == [rdata]
    wanted = dns.rdatatype.from_text(rrtype)
    query = Asked(dns.message.make_query("a.test", wanted), "a.test", rrtype, "udp", ("", 0), 1)
    copy = dns.message.from_wire(handler(query).to_wire())
    assert answer.records == tuple(copy.answer[0])
    assert hash(answer.records[0]) == hash(copy.answer[0][0])
    assert answer.records[0].to_wire() == copy.answer[0][0].to_wire()
    assert answer.records[0].rdtype == wanted


async def test_repeated_records_count_once() -> None:
    def handler(q: Asked) -> bytes:
        """The same MX three times: twice uncompressed, once in capitals with a compressed suffix."""
        question = dns.message.make_query("a.test", "MX", use_edns=False).to_wire()[12:]
        full = b"\xc0\x0c" + struct.pack(">HHIH", 15, 1, 60, 11) + b"\x00\x0a\x02mx\x04test\x00"
        short = b"\xc0\x0c" + struct.pack(">HHIH", 15, 1, 50, 7) + b"\x00\x0a\x02MX\xc0\x0e"
        head = struct.pack(">HHHHHH", q.message.id, 0x8180, 1, 3, 0, 0)
        return head + question + full + short + full

    answer = await ask(handler, rrtype="MX")
    assert (answer.status, len(answer.records), answer.ttl) == ("ok", 1, 50)


async def test_nodata_and_nxdomain_with_the_ttl_of_the_soa() -> None:
    nodata = await ask(lambda q: q.reply(authority=(SOA,)))
    assert (nodata.status, nodata.ttl, nodata.records, nodata.zone) == ("nodata", 300, (), "test")
    nxdomain = await ask(lambda q: q.reply(rcode=3, authority=(SOA,)))
    assert (nxdomain.status, nxdomain.ttl) == ("nxdomain", 300)


async def test_nodata_without_soa() -> None:
    answer = await ask(lambda q: q.reply())
    assert (answer.status, answer.zone) == ("nodata", "")


@pytest.mark.parametrize(("rcode", "status"), FAILURES)
async def test_failures_are_never_absence(rcode: int, status: str) -> None:
    answer = await ask(lambda q: q.reply(rcode=rcode))
    assert answer.status == status
    assert answer.undetermined
    assert bool(answer.reason) is (rcode not in (2, 5))  # else the status says it


async def test_a_referral_is_no_absence() -> None:
    def handler(q: Asked) -> dns.message.Message:
        reply = q.reply(authority=("test 60 NS ns.test",))
        reply.flags &= ~dns.flags.RA
        return reply

    answer = await ask(handler)
    assert answer.status == "servfail"
    assert "referral" in answer.reason


async def test_silence_is_a_timeout_after_all_rounds() -> None:
    asked = []
    answer = await ask(lambda q: asked.append(q.name), timeout=0.1, attempts=2)
    assert answer.status == "timeout"
    assert asked.count("a.test") == 2


async def test_total_time_limit() -> None:
    answer = await ask(lambda q: None, timeout=300, attempts=5, lifetime=0.4)
    assert answer.status == "timeout"


async def test_first_datagrams_lost() -> None:
    answer = await ask(
        lambda q: q.reply("a.test 60 TXT late") if q.count > 2 else None, timeout=0.1, attempts=4
    )
    assert texts(answer) == ['"late"']


async def test_cname_chain_in_the_reply() -> None:
    answer = await ask(
        lambda q: q.reply("a.test 300 CNAME b.test", "b.test 20 CNAME c.test", "c.test 60 TXT x")
    )
    assert (answer.status, answer.chain, answer.ttl, answer.owner) == (
        "ok",
        ("b.test", "c.test"),
        20,
        "c.test",
    )


async def test_bare_cname_is_asked_further() -> None:
    replies = {
        "a.test": "a.test 300 CNAME b.test",
        "b.test": "b.test 40 CNAME c.test",
        "c.test": "c.test 60 TXT x",
    }
    answer = await ask(lambda q: q.reply(replies[q.name]))
    assert (answer.status, answer.chain, answer.ttl) == ("ok", ("b.test", "c.test"), 40)


async def test_cname_to_nothing() -> None:
    nodata = await ask(lambda q: q.reply("a.test 300 CNAME b.test", authority=(SOA,)))
    assert (nodata.status, nodata.chain) == ("nodata", ("b.test",))
    nxdomain = await ask(lambda q: q.reply("a.test 300 CNAME b.test", rcode=3, authority=(SOA,)))
    assert (nxdomain.status, nxdomain.chain) == ("nxdomain", ("b.test",))


async def test_cname_asked_for_is_not_followed() -> None:
    answer = await ask(lambda q: q.reply("a.test 300 CNAME b.test"), rrtype="CNAME")
    assert (texts(answer), answer.chain) == (["b.test."], ())


async def test_cname_of_a_dname() -> None:
    answer = await ask(
        lambda q: q.reply(
            "old.test 300 DNAME new.test", "a.old.test 300 CNAME a.new.test", "a.new.test 5 TXT x"
        ),
        "a.old.test",
    )
    assert (answer.status, answer.chain) == ("ok", ("a.new.test",))


async def test_cname_loops_end() -> None:
    inside = await ask(lambda q: q.reply("a.test 1 CNAME b.test", "b.test 1 CNAME a.test"), timeout=30)
    across = await ask(
        lambda q: q.reply("a.test 1 CNAME b.test" if q.name == "a.test" else "b.test 1 CNAME a.test"),
        timeout=30,
    )
    endless = await ask(lambda q: q.reply(f"{q.name} 1 CNAME n{len(q.name)}.{q.name}"), timeout=30)
    for answer in (inside, across, endless):
        assert answer.status == "servfail"
        assert "CNAME" in answer.reason


async def test_truncated_over_tcp() -> None:
    asked: list[str] = []

    def handler(q: Asked) -> dns.message.Message:
        asked.append(q.transport)
        if q.transport == "udp":
            reply = q.reply()
            reply.flags |= dns.flags.TC
            return reply
        return q.reply(*(f"a.test 60 TXT {'x' * 200}{i}" for i in range(100)))

    answer = await ask(handler, timeout=30)  # enough for the slowest machine: neither is queried again
    assert asked == ["udp", "tcp"]
    assert len(answer.records) == 100


async def test_an_answer_too_large_for_the_network_is_fetched_over_tcp() -> None:
    def handler(q: Asked) -> dns.message.Message | None:
        if q.transport == "tcp":
            return q.reply(f"a.test 60 TXT {'x' * 200}")
        if q.message.payload > 512:
            return None
        reply = q.reply()
        reply.flags |= dns.flags.TC
        return reply

    assert texts(await ask(handler)) == [f'"{"x" * 200}"']


async def test_a_datagram_that_was_cut_off_is_fetched_over_tcp() -> None:
    def handler(q: Asked) -> bytes:
        wire = q.reply(f"a.test 60 TXT {'x' * 200}").to_wire()
        return wire[:100] if q.transport == "udp" else wire

    assert texts(await ask(handler)) == [f'"{"x" * 200}"']


async def test_tcp_only() -> None:
    async with (
        DnsServer(lambda q: q.reply("a.test 60 TXT x") if q.transport == "tcp" else None) as server,
        LiveResolver([f"tcp://{server.address}"]) as resolver,
    ):
        assert texts(await resolver.query("a.test", "TXT")) == ['"x"']


async def test_truncated_everywhere_is_a_failure() -> None:
    def handler(q: Asked) -> dns.message.Message:
        reply = q.reply()
        reply.flags |= dns.flags.TC
        return reply

    assert (await ask(handler)).status == "servfail"


@pytest.mark.parametrize("rcode", [1, 4, 16])
async def test_falls_back_to_no_edns(rcode: int) -> None:
    seen: list[int] = []

    def handler(q: Asked) -> dns.message.Message:
        seen.append(q.message.edns)
        if q.message.edns >= 0:
            return q.reply(rcode=rcode)
        return q.reply("a.test 60 TXT plain")

    assert texts(await ask(handler)) == ['"plain"']
    assert seen == [0, -1]


async def test_edns_offers_1232_and_dnssec() -> None:
    seen: list[dns.message.Message] = []

    def handler(q: Asked) -> dns.message.Message:
        seen.append(q.message)
        return q.reply("a.test 60 TXT x")

    await ask(handler)
    assert (seen[0].edns, seen[0].payload) == (0, 1232)
    assert seen[0].ednsflags & dns.flags.DO
    assert seen[0].flags & dns.flags.AD
    assert seen[0].flags & dns.flags.RD


@pytest.mark.parametrize(
    "name",
    ["a..test", ".test", "", "x" * 64 + ".test", ".".join(["y" * 60] * 5), "a\\999.test", "\ud800.test"],
)
async def test_names_that_cannot_exist(name: str) -> None:
    answer = await ask(lambda q: q.reply("a.test 60 TXT never"), name)
    assert answer.status == "nxdomain"
    assert answer.reason


async def test_root_escapes_and_letters_beyond_ascii() -> None:
    assert (await ask(lambda q: q.reply(". 60 NS ns.test"), ".", "NS")).status == "ok"
    seen: list[str] = []

    def handler(q: Asked) -> dns.message.Message:
        seen.append(q.name)
        return q.reply()

    await ask(handler, "a\\.b.test")
    await ask(handler, "bücher.test")
    assert seen == ["a\\.b.test", "xn--bcher-kva.test"]


@pytest.mark.parametrize("rrtype", ["BOGUS", "ANY", "AXFR", "OPT", ""])
async def test_types_that_cannot_be_asked_for(rrtype: str) -> None:
    answer = await ask(lambda q: q.reply("a.test 60 TXT never"), rrtype=rrtype)
    assert answer.status == "servfail"
    assert "type" in answer.reason


async def test_mixed_case() -> None:
    seen: list[str] = []
    name = "abcdefghijklmnopqrstuvwxyz.test"

    def handler(q: Asked) -> list[Reply]:
        seen.append(q.message.question[0].name.to_text())
        forged = dns.message.from_wire(q.message.to_wire())
        forged.question[0].name = forged.question[0].name.canonicalize()
        lower = Asked(forged, q.name, q.rrtype, q.transport, q.peer, q.count).reply(f"{name} 60 TXT forged")
        return [lower, q.reply(f"{name} 60 TXT right")]

    assert texts(await ask(handler, name, mix_case=True)) == ['"right"']
    assert seen[0] != seen[0].lower()


async def test_answers_come_from_successive_loops() -> None:
    async with DnsServer(lambda q: q.reply(f"{q.name} 60 TXT x")) as server:
        resolver = LiveResolver([server.address])

        def run() -> list[str]:
            return [asyncio.run(resolver.query(f"n{i}.test", "TXT")).status for i in range(3)]

        assert await asyncio.to_thread(run) == ["ok"] * 3
