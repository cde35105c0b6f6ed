"""Hosts that accept a connection and send nothing, and unresponsive name servers may cost little time."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from datetime import UTC, datetime

import pytest

from mailproof.checks import registry
from mailproof.dns import Answer, Resolver
from mailproof.dns.live.direct import DirectAnswer
from mailproof.engine.judge import judge
from mailproof.facts import limits
from mailproof.facts.authoritative import collect_authority
from mailproof.facts.dnssec import collect_dnssec
from mailproof.facts.transport import collect_transport
from mailproof.facts.transport_options import USUAL, TransportOptions
from mailproof.facts.transport_smtp import probe_address
from mailproof.model import DomainFacts
from mailproof.structs import replace
from tests.support.clock import timed
from tests.support.mx_server import MxHost, mail_hosts
from tests.support.resolvers import zone

#: Maximum seconds of a default run, whatever one host does.
MOST = 15.0
WORLD = """$ORIGIN acme.example.
@ IN SOA ns1 hostmaster 1 2 3 4 5
@ IN NS ns1
@ IN NS ns2
@ IN MX 10 mx1
@ IN MX 20 mx2
ns1 IN A 9.9.9.1
ns2 IN A 9.9.9.2
mx1 IN A 192.0.2.1
mx2 IN A 192.0.2.2
"""


def test_the_default_limits_leave_room_below_fifteen_seconds() -> None:
    options = TransportOptions()
    assert options.reply_timeout <= options.connection_timeout <= options.total < MOST
    # Before that, looking up the host of a name server or policy may take one timeout.
    assert limits.SERVERS_S + 6.0 < MOST
    assert options.fetch_timeout + 6.0 < MOST


def test_a_silent_server_or_host_costs_its_own_limit() -> None:
    assert 2 * limits.SERVER_S < limits.SERVERS_S < 4
    assert limits.CONNECT_S < limits.SILENCE_S < limits.SILENCE_S + limits.GREETING_S < limits.HOSTS_S < 11


class Slow:
    """Answers as ``inner`` does, after a delay."""

    def __init__(self, inner: Resolver, seconds: float) -> None:
        self.inner, self.seconds = inner, seconds

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        await asyncio.sleep(self.seconds)
        return await self.inner.query(name, rrtype)


async def test_a_mail_host_that_says_nothing_costs_itself_alone() -> None:
    silent, healthy = MxHost(silent=True), MxHost(name="mx2.acme.example")
    async with mail_hosts({"192.0.2.1": silent, "192.0.2.2": healthy}) as options:
        short = replace(options, reply_timeout=0.3, connection_timeout=0.5, total=5.0)
        seen = await collect_transport("acme.example", zone(WORLD), short)
    assert [each.state for each in seen.facts.connections] == ["silent", "answered"]


async def test_an_address_that_says_nothing_is_not_waited_for_under_each_of_its_names() -> None:
    names = "".join(f"@ IN MX {n} mx{n}\nmx{n} IN A 192.0.2.1\n" for n in range(1, 9))
    silent = MxHost(silent=True)
    async with mail_hosts({"192.0.2.1": silent}) as options:
        short = replace(options, reply_timeout=0.3)
        seen = await collect_transport("acme.example", zone(f"$ORIGIN acme.example.\n{names}"), short)
    assert silent.connections == options.per_host
    assert len(seen.facts.connections) == 8
    assert {(each.state, each.reason) for each in seen.facts.connections} == {
        ("silent", "it accepted the connection but sent no greeting within 0.3 s")
    }


async def test_a_host_that_owes_a_reply_gets_no_quit() -> None:
    mute = MxHost(mute_at="EHLO")
    async with mail_hosts({"192.0.2.1": mute, "192.0.2.2": MxHost()}) as options:
        seen = await collect_transport("acme.example", zone(WORLD), replace(options, reply_timeout=0.3))
        assert seen.facts.connections[0].reason == "no answer to EHLO within 0.3 s"
        await asyncio.sleep(0.05)
    assert [line.split()[0] for line in mute.commands] == ["EHLO"]


async def test_a_greeting_that_has_begun_may_take_longer() -> None:
    patient = MxHost(begins="220-mx1.acme.example ESMTP, wait", greeting="220 go on", pause=0.5)
    impatient = MxHost(pause=0.5)
    async with mail_hosts({"192.0.2.1": patient, "192.0.2.2": impatient}) as options:
        short = replace(options, reply_timeout=0.3, greeting_more=2.0)
        seen = await collect_transport("acme.example", zone(WORLD), short)
    assert [each.state for each in seen.facts.connections] == ["answered", "silent"]


async def test_look_ups_count_against_the_time_of_the_connections() -> None:
    silent = MxHost(silent=True)
    async with mail_hosts({"192.0.2.1": silent, "192.0.2.2": silent}) as options:
        short = replace(options, reply_timeout=600.0, connection_timeout=600.0, total=0.3)
        async with asyncio.timeout(120):
            seen = await collect_transport("acme.example", Slow(zone(WORLD), 0.2), short)
    assert {each.state for each in seen.facts.connections} == {"skipped"}
    assert all("not finished within 0.3 s" in each.reason for each in seen.facts.connections)


class HalfSilent:
    """One name server answers immediately; the other, and those of the parent zone, never."""

    async def ask(self, address: str, name: str, rrtype: str) -> DirectAnswer:
        if address != "9.9.9.1":
            await asyncio.sleep(600)
        return DirectAnswer(Answer(name, rrtype, "nodata", server=address), authoritative=True)


async def test_a_name_server_that_never_ends_costs_its_own_answers_alone() -> None:
    async with asyncio.timeout(120):
        found = await collect_authority("acme.example", zone(WORLD), USUAL, asker=HalfSilent(), limit=0.2)
    first, second = (server.addresses[0].answers for server in found.servers)
    assert {each.lookup.status for each in first} == {"nodata"}
    assert {each.lookup.status for each in second} == {"timeout"}
    assert "within 0.2 s" in second[0].lookup.reason


def test_several_silent_name_servers_cost_no_more_than_one() -> None:
    names = "".join(f"@ IN NS ns{n}\nns{n} IN A 9.9.9.{n}\n" for n in range(1, 14))
    text = f"example. IN SOA a h 1 2 3 4 5\nexample. IN NS a.example.\na.example. IN A 9.9.9.9\n{names}"
    world = zone(f"$ORIGIN acme.example.\n@ IN SOA ns1 h 1 2 3 4 5\n{text}")
    found, took = timed(collect_authority("acme.example", world, USUAL, asker=HalfSilent()))
    assert took == limits.SERVERS_S
    assert len(found.servers) == 13
    outcomes = judge(registry.checks("domain"), DomainFacts("acme.example", authority=found), "acme.example")
    delegation = next(each for each in outcomes if each.check == "DNS027")
    assert (delegation.status, delegation.reason) == (
        "unknown",
        "the name servers of the zone above acme.example: no answer within 3 s",
    )


class Dead:
    """Lets every query time out, and records those sent before the first timeout."""

    def __init__(self) -> None:
        self.first: set[str] = set()
        self.over = False

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        if not self.over:
            self.first.add(rrtype)
        await asyncio.sleep(0.05)
        self.over = True
        return Answer(name, rrtype, "timeout", server="test")


async def test_a_dead_zone_is_asked_for_its_keys_in_the_first_wave() -> None:
    dead = Dead()
    await collect_dnssec("dead.example", dead)
    assert {"DS", "DNSKEY", "SOA"} <= dead.first


def test_a_conversation_whose_loop_is_closed_leaves_no_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    """``asyncio.run`` cancels it; a loop that is just closed does not."""
    complaints: list[type[BaseException] | None] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: complaints.append(found.exc_type))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        options = TransportOptions(route=lambda *_: ("127.0.0.1", port))
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)  # "Task was destroyed but it is pending!", which is true
        task = loop.create_task(probe_address("mx1.acme.example", "192.0.2.1", options, datetime.now(UTC)))
        taken = loop.run_in_executor(None, silent.accept)
        client, _ = loop.run_until_complete(taken)
        loop.run_until_complete(asyncio.sleep(0.05))
        assert not task.done()
        loop.close()
        del loop, task, taken
        gc.collect()
        client.close()
    assert RuntimeError not in complaints
