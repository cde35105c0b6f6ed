"""checkdmarc uses only the answers it is given, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mailproof.adapters import checkdmarc_run
from mailproof.adapters.checkdmarc import second_opinion
from mailproof.adapters.checkdmarc_run import CheckdmarcResult, run
from mailproof.adapters.gathered import run_gathered
from mailproof.dns import Answer, MemoResolver, Resolver, ZoneResolver
from mailproof.facts.dmarc import collect_dmarc
from mailproof.facts.mx import collect_mx
from mailproof.facts.spf import collect_spf
from mailproof.model import DomainFacts
from tests.support.resolvers import FailingResolver, zone

ZONES = sorted((Path(__file__).parents[3] / "fixtures" / "zones" / "checkdmarc").glob("*.zone"))
TOPICS = ("spf", "dmarc", "mx")
_opened: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event == "open" and "resolv.conf" in str(arguments[0]):
        _opened.append(str(arguments[0]))


sys.addaudithook(_watch)


@contextmanager
def no_sockets() -> Iterator[list[str]]:
    """Forbid sockets and the system's resolver (a running loop already has its own socket).

    Yields the list of reads of the system's DNS configuration.
    """
    global _watching

    def forbidden(*arguments: object, **options: object) -> NoReturn:
        raise AssertionError(f"a socket was asked for: {arguments} {options}")

    names = ("socket", "create_connection", "getaddrinfo", "gethostbyname", "gethostbyaddr")
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(socket, name, forbidden)
        _opened.clear()
        _watching = True
        try:
            yield _opened
        finally:
            _watching = False


def query_all(resolver: Resolver, domain: str = "acme.example") -> Any:
    return run_gathered(resolver, lambda gathered: run(domain, gathered, TOPICS))


@pytest.mark.parametrize("path", ZONES, ids=lambda path: path.stem)
async def test_not_one_socket(path: Path) -> None:
    inner = ZoneResolver.from_file(path, origin=".")
    for resolver in (inner, FailingResolver(inner, {("acme.example", "*"): "timeout"})):
        with no_sockets() as configuration_reads:
            said = await query_all(resolver)
        assert [each.topic for each in said] == list(TOPICS)
        assert [each.fault for each in said] == [""] * 3
        assert configuration_reads == []


async def test_the_explanation_is_looked_up_by_us_too() -> None:
    resolver = FailingResolver(ZoneResolver.from_file(ZONES[0].with_name("healthy.zone"), origin="."), {})
    with no_sockets():
        await query_all(resolver)
    assert ("why.acme.example", "TXT") in resolver.asked
    assert not [q for q in resolver.asked if q[1] in ("SPF", "DNSKEY", "DS", "TLSA")]


async def test_a_dead_zone_takes_no_time() -> None:
    await query_all(zone(""))
    await query_all(FailingResolver(zone(""), {("acme.example", "*"): "timeout"}))


async def test_the_answers_of_one_world_never_reach_another() -> None:
    one = zone('acme.example. TXT "v=spf1 -all"\n_dmarc.acme.example. TXT "v=DMARC1; p=reject"\n')
    two = zone('acme.example. TXT "v=spf1 ~all"\nacme.example. MX 10 mx.acme.example.\n')
    for _ in range(2):
        first, second = await asyncio.gather(query_all(one), query_all(two))
        assert [each.result.get("record") for each in first[:2]] == ["v=spf1 -all", "v=DMARC1; p=reject"]
        assert [each.result.get("record") for each in second[:2]] == ["v=spf1 ~all", None]
        assert (len(first[2].result["hosts"]), len(second[2].result["hosts"])) == (0, 1)


async def test_threads_do_not_cross() -> None:
    def work(number: int) -> str:
        world = zone(f'acme.example. TXT "v=spf1 ip4:192.0.2.{number} -all"\n')
        return str(asyncio.run(query_all(world))[0].result["record"])

    records = await asyncio.gather(*(asyncio.to_thread(work, number) for number in range(12)))
    assert records == [f"v=spf1 ip4:192.0.2.{number} -all" for number in range(12)]


async def test_nothing_is_left_behind() -> None:
    import checkdmarc.smtp
    import checkdmarc.spf
    import checkdmarc.utils

    before = (checkdmarc.spf.get_txt_records, checkdmarc.smtp.check_dnssec, checkdmarc.smtp.get_tlsa_records)
    await query_all(ZoneResolver.from_file(ZONES[0].with_name("healthy.zone"), origin="."))
    assert before == (
        checkdmarc.spf.get_txt_records,
        checkdmarc.smtp.check_dnssec,
        checkdmarc.smtp.get_tlsa_records,
    )
    assert len(checkdmarc.utils.DNS_CACHE) == 0
    assert len(checkdmarc.utils._NAMESERVER_FAILURES) == 0


def test_a_crash_of_it_is_an_opinion_without_a_verdict() -> None:
    def crashing(domain: str, **settings: object) -> NoReturn:
        raise OSError("as from its resolver")

    said = checkdmarc_run._checked("spf", crashing, "acme.example", {})
    assert said == CheckdmarcResult("spf", {}, "checkdmarc crashed: OSError: as from its resolver")
    assert not said.valid


async def test_what_we_know_is_not_asked_again() -> None:
    inner = FailingResolver(ZoneResolver.from_file(ZONES[0].with_name("healthy.zone"), origin="."), {})
    memo = MemoResolver(inner)
    lookup, hosts = await collect_mx("acme.example", memo)
    facts = DomainFacts(
        "acme.example",
        spf=await collect_spf("acme.example", memo),
        dmarc=await collect_dmarc("acme.example", memo),
        mx_lookup=lookup,
        mx=hosts,
    )
    before = len(inner.asked)
    await second_opinion("acme.example", memo, facts)
    assert len(inner.asked) - before <= 4, inner.asked[before:]
    assert len(set(inner.asked)) == len(inner.asked)


async def test_only_topics_that_were_collected_are_judged() -> None:
    world = zone("")
    assert await second_opinion("acme.example", world, DomainFacts("acme.example")) == ()
    facts = DomainFacts("acme.example", dmarc=await collect_dmarc("acme.example", MemoResolver(world)))
    assert [o.topic for o in await second_opinion("acme.example", world, facts)] == ["dmarc"]


async def test_a_resolver_that_asks_ever_more_is_stopped() -> None:
    class Endless:
        """Every name has an SPF record that includes the next."""

        async def query(self, name: str, rrtype: str) -> Answer:
            return zone(f'* TXT "v=spf1 include:x.{name[:150]} -all"\n').known(name, rrtype)

    memo = MemoResolver(zone('acme.example. TXT "v=spf1 include:x.acme.example -all"\n'))
    facts = DomainFacts("acme.example", spf=await collect_spf("acme.example", memo))
    (opinion,) = await second_opinion("acme.example", Endless(), facts)
    assert (opinion.verdict, opinion.agrees) == ("none", False)
    assert "rounds" in opinion.note
