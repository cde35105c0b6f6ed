"""``--rate`` counts each datagram sent to the network, and not cached or shared answers."""

from __future__ import annotations

import asyncio

import pytest

from mailproof.bulk.orders import QUESTIONS, DomainOrders
from mailproof.cli.options import DnsOptions
from mailproof.cli.session import open_session
from mailproof.config import Config
from mailproof.dns import Answer, LiveResolver, MemoResolver, ZoneFile, ZoneResolver
from mailproof.dns.rate import Pace, RateResolver
from mailproof.engine.session import Session
from mailproof.facts.authoritative import collect_authority
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.stop import Stop
from mailproof.facts.transport_options import TransportOptions
from mailproof.model import Status
from tests.support.clock import timed
from tests.support.dnsserver import DnsServer

RATE = 10


class Network:
    """Answers at once, and counts."""

    attempts = 2

    def __init__(self, status: Status = "nodata") -> None:
        self.status, self.asked = status, 0

    async def query(self, name: str, rrtype: str) -> Answer:
        self.asked += 1
        return Answer(name, rrtype, self.status, ttl=3600)

    guess = query


async def domains(network: Network, names: int, each: int) -> None:
    """Query each name from several domains at once, and again in sequence."""

    async def one(session: Session) -> None:
        async with session.work() as work:
            for number in range(names):
                await work.resolver.query(f"n{number}.example", "TXT")

    async with Session(RateResolver(network, Pace(RATE))) as session:
        await asyncio.gather(*(one(session) for _ in range(each)))
        for _ in range(each):
            await one(session)


@pytest.mark.parametrize("each", [1, 50])
def test_what_the_run_knows_costs_no_turn(each: int) -> None:
    network = Network()
    _, seconds = timed(domains(network, 20, each))
    assert network.asked == 20
    assert 1.7 <= seconds <= 2.1  # 20 at 10 per second, for any number of domains


def test_what_is_sent_twice_counts_twice() -> None:
    network = Network("timeout")
    _, seconds = timed(domains(network, 20, 1))
    assert 3.5 <= seconds <= 4.1


async def test_the_session_of_a_worker_has_it_below_its_cache() -> None:
    async with DnsServer(lambda q: q.reply(f"{q.name} 3600 TXT x")) as server:
        options = DnsOptions(nameservers=[server.address])
        async with open_session(options, Config(), Stop(), pace=Pace(1000)) as session:
            for _ in range(3):
                assert (await session.resolver.query("acme.example", "TXT")).found
        assert len(server.asked) == 1
        under = getattr(session.resolver, "inner", None)
        assert isinstance(under, RateResolver)
        assert isinstance(under.inner, LiveResolver)


@pytest.mark.parametrize(("rate", "room"), [(0.0, 64), (1000.0, 64), (QUESTIONS * 0.4, 4), (1.0, 1)], ids=str)
def test_with_a_low_rate_few_domains_are_worked_on_at_a_time(rate: float, room: int) -> None:
    """Otherwise all would run out of time, with no results for any."""
    assert DomainOrders(rate=rate, limit=30, at_once=64).room == room
    assert DomainOrders(rate=2 * rate, limit=30, at_once=64, connect=True).room == room


async def test_questions_to_the_servers_of_a_domain_take_turns_of_the_same_pace() -> None:
    pace = Counting(1000)
    options = DomainOptions(
        collectors=("authority",),
        transport=TransportOptions(allowed=("127.0.0.0/8",), pace=pace),
    )
    zone = "$ORIGIN example.\n@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\nns 60 A 127.0.53.99\n"
    resolver = MemoResolver(ZoneResolver(ZoneFile.from_text(zone)))
    facts = await collect_domain("example", resolver, options)
    assert facts.authority is not None
    assert facts.authority.asked
    assert pace.turns >= 5  # SOA NS MX TXT TXT: no server exists


class Counting(Pace):
    turns = 0

    async def turn(self) -> None:
        self.turns += 1
        await super().turn()


async def test_servers_that_wait_for_their_turn_are_not_late() -> None:
    """The total time limit is for unresponsive servers: here the queries are delayed by us."""
    zone = "$ORIGIN example.\n@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\nns 60 A 127.0.53.99\n"
    resolver = ZoneResolver(ZoneFile.from_text(zone))
    options = TransportOptions(allowed=("127.0.0.0/8",), pace=Pace(100))
    found = await collect_authority("example", resolver, options, limit=0.001)
    assert not any("came within" in each.lookup.describe() for each in found.servers[0].addresses[0].answers)
