# ruff: noqa: SIM117
"""LiveResolver and the network: forgeries, garbage, failover, load, cancellation, open files, DNSSEC bits."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import time
from collections.abc import Callable

import dns.edns
import dns.flags
import dns.message
import pytest

from mailproof.dns import LiveResolver
from mailproof.dns.live.nameserver import parse_nameserver
from mailproof.dns.live.udp import sockaddr
from tests.support.dnsserver import Asked, DnsServer, Reply
from tests.support.listening import free_port


def right(q: Asked) -> dns.message.Message:
    return q.reply(f"{q.name} 60 TXT right")


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def wrong_id(q: Asked) -> bytes:
    wire = bytearray(q.reply("a.test 60 TXT forged").to_wire())
    wire[1] ^= 1
    return bytes(wire)


def wrong_question(q: Asked) -> bytes:
    return q.reply("a.test 60 TXT forged").to_wire().replace(b"\x01a\x04test", b"\x01b\x04test")


def wrong_type(q: Asked) -> bytes:
    return q.reply("a.test 60 TXT forged").to_wire().replace(b"test\x00\x00\x10", b"test\x00\x00\x01", 1)


def a_query(q: Asked) -> bytes:
    return q.message.to_wire()


@pytest.mark.parametrize(
    "forged",
    [wrong_id, wrong_question, wrong_type, a_query, lambda _: b"", lambda _: b"x" * 11, lambda _: b"\0" * 40],
)
async def test_forgeries_are_ignored_and_the_wait_goes_on(forged: Callable[[Asked], bytes]) -> None:
    async with (
        DnsServer(lambda q: [forged(q), right(q)]) as server,
        LiveResolver([server.address]) as resolver,
    ):
        answer = await resolver.query("a.test", "TXT")
        assert (answer.status, answer.records[0].to_text()) == ("ok", '"right"')
        assert len(server.asked) == 1


async def test_another_source_is_ignored() -> None:
    def handler(q: Asked) -> dns.message.Message | None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(q.reply("a.test 60 TXT forged").to_wire(), q.peer)
        return right(q)

    async with DnsServer(handler) as server, LiveResolver([server.address]) as resolver:
        assert (await resolver.query("a.test", "TXT")).records[0].to_text() == '"right"'


async def test_ids_and_ports_are_random() -> None:
    async with DnsServer(right) as server, LiveResolver([server.address], timeout=60) as resolver:
        await asyncio.gather(*(resolver.query(f"n{i}.test", "TXT") for i in range(600)))
        assert len({q.message.id for q in server.asked}) > 550
        assert len({q.peer[1] for q in server.asked}) > 8


def truncated(q: Asked) -> bytes:
    return right(q).to_wire()[:-3]


def endless_counts(q: Asked) -> bytes:
    wire = bytearray(right(q).to_wire())
    wire[6:12] = b"\xff" * 6
    return bytes(wire)


def pointer_loop(q: Asked) -> bytes:
    wire = right(q).to_wire()
    return wire.replace(b"\xc0\x0c", b"\xc0" + bytes([wire.index(b"\xc0\x0c")]))


def bad_rdata(q: Asked) -> bytes:
    return right(q).to_wire().replace(b"\x05right", b"\x3fright")


def empty_rdata(q: Asked) -> bytes:
    return right(q).to_wire().replace(b"\x00\x06\x05right", b"\x00\x00")


@pytest.mark.parametrize("garbage", [truncated, endless_counts, pointer_loop, bad_rdata, empty_rdata])
async def test_garbage_is_a_failure_and_never_raises(garbage: Callable[[Asked], bytes]) -> None:
    async with DnsServer(garbage) as server, LiveResolver([server.address], timeout=0.2) as resolver:
        answer = await resolver.query("a.test", "TXT")
        assert answer.status == "servfail"
        assert answer.reason


async def test_records_of_another_class_are_no_answer() -> None:
    def handler(q: Asked) -> bytes:
        return right(q).to_wire().replace(b"\xc0\x0c\x00\x10\x00\x01", b"\xc0\x0c\x00\x10\x00\x03")

    async with DnsServer(handler) as server, LiveResolver([server.address]) as resolver:
        assert (await resolver.query("a.test", "TXT")).status == "refused"


async def test_random_octets_never_raise() -> None:
    rng = random.Random(7)

    def handler(q: Asked) -> list[Reply]:
        wire = bytearray(
            q.reply("a.test 60 CNAME b.test", "b.test 60 TXT x", authority=("t 1 NS n",)).to_wire()
        )
        for _ in range(rng.randint(1, 12)):
            wire[rng.randrange(2, len(wire))] = rng.randrange(256)
        return [bytes(wire)]

    async with DnsServer(handler) as server:
        async with LiveResolver([server.address], timeout=0.05, attempts=1) as resolver:
            answers = await asyncio.gather(*(resolver.query("a.test", "TXT") for _ in range(400)))
    assert {answer.status for answer in answers} <= {
        "ok",
        "nodata",
        "nxdomain",
        "servfail",
        "timeout",
        "refused",
    }


async def test_failover_from_silence_refusal_and_servfail() -> None:
    for bad in (lambda q: None, lambda q: q.reply(rcode=5), lambda q: q.reply(rcode=2), truncated):
        async with DnsServer(bad) as first, DnsServer(right) as second:
            async with LiveResolver([first.address, second.address], timeout=0.2) as resolver:
                answer = await resolver.query("a.test", "TXT")
                assert (answer.status, answer.server) == ("ok", second.address)


async def test_a_dead_server_costs_one_time_limit_and_not_each_query() -> None:
    async with DnsServer(lambda q: None) as dead, DnsServer(right) as live:
        async with LiveResolver([dead.address, live.address], timeout=0.3) as resolver:
            for i in range(2):  # one datagram may be lost
                await resolver.query(f"first{i}.test", "TXT")
            for i in range(20):
                assert (await resolver.query(f"n{i}.test", "TXT")).status == "ok"
            assert len(dead.asked) == 2


async def test_a_server_that_came_back_is_asked_again() -> None:
    silent = True
    async with DnsServer(lambda q: None if silent else right(q)) as first, DnsServer(right) as second:
        async with LiveResolver([first.address, second.address], timeout=0.1) as resolver:
            assert (await resolver.query("a.test", "TXT")).server == second.address
            silent = False
            for state in resolver._servers._states:
                state.rests_until = min(state.rests_until, time.monotonic())  # the rest is over
            assert (await resolver.query("b.test", "TXT")).server == first.address
            assert (await resolver.query("c.test", "TXT")).server == first.address


async def test_nobody_listens() -> None:
    async with LiveResolver([f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"], timeout=10) as resolver:
        answer = await resolver.query("a.test", "TXT")
        assert answer.status == "timeout"
        assert "refused" in answer.reason


async def test_two_thousand_in_flight_and_no_file_left() -> None:
    before = open_files()

    async def slow(q: Asked) -> dns.message.Message:
        await asyncio.sleep(0.2)
        return right(q)

    async with DnsServer(slow) as server:
        base = open_files()  # those of earlier tests may still be closed
        async with LiveResolver([server.address], timeout=60, concurrency=2000) as resolver:
            tasks = [asyncio.create_task(resolver.query(f"n{i}.test", "TXT")) for i in range(2000)]
            await asyncio.sleep(0.1)
            assert open_files() - base < 100
            answers = await asyncio.gather(*tasks)
        assert all(answer.status == "ok" for answer in answers)
        assert open_files() <= base
    assert open_files() <= before + 1


async def test_concurrency_is_bounded() -> None:
    running = most = 0

    async def handler(q: Asked) -> dns.message.Message:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return right(q)

    async with DnsServer(handler) as server, LiveResolver([server.address], concurrency=5) as resolver:
        await asyncio.gather(*(resolver.query(f"n{i}.test", "TXT") for i in range(40)))
    assert most == 5


async def test_cancelled_queries_leave_nothing() -> None:
    async with DnsServer(lambda q: None if q.name.startswith("n") else right(q)) as server:
        base = open_files()
        async with LiveResolver([server.address], timeout=30) as resolver:
            tasks = [asyncio.create_task(resolver.query(f"n{i}.test", "TXT")) for i in range(50)]
            await asyncio.sleep(0.1)
            for task in tasks:
                task.cancel()
            assert all(
                isinstance(x, asyncio.CancelledError)
                for x in await asyncio.gather(*tasks, return_exceptions=True)
            )
            assert (await resolver.query("a.test", "TXT")).status == "ok"
        assert open_files() == base


async def test_truncated_answers_share_few_connections() -> None:
    def handler(q: Asked) -> dns.message.Message:
        reply = right(q)
        if q.transport == "udp":
            reply.flags |= dns.flags.TC
        return reply

    async with DnsServer(handler) as server:
        base = open_files()
        async with LiveResolver([server.address], timeout=60) as resolver:
            answers = await asyncio.gather(*(resolver.query(f"n{i}.test", "TXT") for i in range(300)))
        assert all(answer.status == "ok" for answer in answers)
        assert server.connections <= 32
        await asyncio.sleep(0.05)
        assert open_files() == base


async def test_closing_ends_waiting_queries() -> None:
    async with DnsServer(lambda q: None) as server:
        resolver = LiveResolver([server.address], timeout=0.5, attempts=1)
        task = asyncio.create_task(resolver.query("a.test", "TXT"))
        await asyncio.sleep(0.05)
        await resolver.aclose()
        assert (await asyncio.wait_for(task, 60)).status == "timeout"


def test_nothing_is_left_open_without_closing() -> None:
    async def once() -> str:
        async with DnsServer(right) as server:
            return (await LiveResolver([server.address]).query("a.test", "TXT")).status

    assert asyncio.run(once()) == "ok"
    base = open_files()
    for _ in range(5):
        assert asyncio.run(once()) == "ok"
    assert open_files() <= base


@pytest.mark.parametrize(
    ("validating", "ad", "secure"),
    [(True, True, "yes"), (True, False, "no"), (False, True, "yes"), (False, False, "unknown")],
)
async def test_what_the_resolver_says_of_dnssec(validating: bool, ad: bool, secure: str) -> None:
    async with DnsServer(lambda q: q.reply("a.test 60 TXT x", ad=ad), validating=validating) as server:
        async with LiveResolver([server.address]) as resolver:
            assert (await resolver.query("a.test", "TXT")).secure == secure
            assert (await resolver.query("a.test", "TXT")).secure == secure
        assert server.probes == 1


async def test_a_chain_is_as_secure_as_its_weakest_part() -> None:
    def handler(q: Asked) -> dns.message.Message:
        if q.name == "a.test":
            return q.reply("a.test 60 CNAME b.test", ad=True)
        return q.reply("b.test 60 TXT x")

    async with DnsServer(handler, validating=True) as server, LiveResolver([server.address]) as resolver:
        assert (await resolver.query("a.test", "TXT")).secure == "no"


async def test_servfail_that_only_checking_makes_is_bogus() -> None:
    def handler(q: Asked) -> dns.message.Message:
        return right(q) if q.message.flags & dns.flags.CD else q.reply(rcode=2)

    async with DnsServer(handler, validating=True) as server, LiveResolver([server.address]) as resolver:
        answer = await resolver.query("a.test", "TXT")
        assert (answer.status, answer.secure, answer.records) == ("bogus", "bogus", ())
    async with DnsServer(handler, validating=False) as server, LiveResolver([server.address]) as resolver:
        assert (await resolver.query("a.test", "TXT")).status == "servfail"


async def test_a_failure_that_is_over_is_not_bogus() -> None:
    """The resolver's first attempt was too slow; by the query with checking disabled it has it."""

    def handler(q: Asked) -> dns.message.Message:
        return q.reply(rcode=2) if q.count == 1 else right(q)

    async with DnsServer(handler, validating=True) as server, LiveResolver([server.address]) as resolver:
        answer = await resolver.query("a.test", "TXT")
        assert (answer.status, answer.secure) == ("ok", "no")


@pytest.mark.parametrize(("code", "status"), [(7, "bogus"), (6, "bogus"), (22, "servfail")])
async def test_extended_errors(code: int, status: str) -> None:
    def handler(q: Asked) -> dns.message.Message:
        reply = q.reply(rcode=2)
        reply.use_edns(
            0, 0, 1232, options=[dns.edns.EDEOption(dns.edns.EDECode(code), "signature\x07 is old")]
        )
        return reply

    async with DnsServer(handler) as server, LiveResolver([server.address]) as resolver:
        answer = await resolver.query("a.test", "TXT")
        assert answer.status == status
        assert f"EDE {code}: signature is old" in answer.reason


async def test_a_resolver_that_cannot_validate_the_root_says_nothing_about_a_domain() -> None:
    """Its clock or its trust anchor is wrong: it answers SERVFAIL with "DNSSEC bogus" for every name."""

    def handler(q: Asked) -> dns.message.Message:
        reply = q.reply(rcode=2)
        reply.use_edns(0, 0, 1232, options=[dns.edns.EDEOption(dns.edns.EDECode.DNSSEC_BOGUS)])
        return reply

    async with DnsServer(handler, root=2) as server, LiveResolver([server.address]) as resolver:
        answer = await resolver.query("a.test", "TXT")
        assert (answer.status, answer.secure) == ("servfail", "unknown")
        assert "for the root zone too" in answer.reason


def test_a_link_local_server_is_queried_on_its_interface() -> None:
    """As home routers announce them: fe80::1%eth0."""
    name = socket.if_nameindex()[0][1]
    server = parse_nameserver(f"fe80::1%{name}")
    assert sockaddr(server) == (socket.AF_INET6, ("fe80::1", 53, 0, socket.if_nametoindex(name)))
