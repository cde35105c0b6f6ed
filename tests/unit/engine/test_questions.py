"""The number of queries of an audit: needless ones burden name servers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import pytest

from mailproof.dns import Answer, Resolver, ZoneResolver
from mailproof.engine.audit import audit_domain
from mailproof.engine.session import Session
from mailproof.model import Report
from tests.support.engine import audit_async, verify_async
from tests.support.resolvers import FailingResolver

WORLD = """
$TTL 3600
example. SOA a.example. h.example. 1 1 1 1 1
dns.example. SOA ns1.dns.example. h.dns.example. 1 1 1 1 1
ns1.dns.example. A 192.0.2.53
ns1.dns.example. AAAA 2001:db8::53
ns2.dns.example. A 192.0.2.54
ns2.dns.example. AAAA 2001:db8::54
acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
acme.example. NS ns1.dns.example.
acme.example. NS ns2.dns.example.
acme.example. A 192.0.2.1
acme.example. TXT "ms=ms12345678"
www.acme.example. A 192.0.2.1
_dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
outlook.com. SOA ns1.outlook.com. h.outlook.com. 1 1 1 1 1
acme-example.mail.protection.outlook.com. A 198.51.100.1
acme-example.mail.protection.outlook.com. A 198.51.100.2
acme-example.mail.protection.outlook.com. A 198.51.100.3
acme-example.mail.protection.outlook.com. A 198.51.100.4
spf.protection.outlook.com. TXT "v=spf1 ip4:198.51.100.0/24 ip6:2001:db8:1::/48 -all"
google.com. SOA ns1.google.com. h.google.com. 1 1 1 1 1
_spf.google.com. TXT "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8:2::/48 ~all"
smtp.google.com. A 203.0.113.1
smtp.google.com. A 203.0.113.2
smtp.google.com. AAAA 2001:db8:2::1
smtp.google.com. AAAA 2001:db8:2::2
"""
KEY = (
    '"v=DKIM1; k=rsa; p='
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnrRAwOu4+BHfDRMWVkvmRcvinXyMs6B4EH+n1RYM6+Q9gB"
    'EsO5Y+dRyuANECagi7wirJIkIEVLG2jrjwV6Dg9Py0AGQbvQRbZe5oK7fjOyFQcupsXBOb+mJofG+E+4trcZOyzDmW" "'
    "no6SJPMyKe70m+Bd8Dw/6LsJQahMIkvwpVLiI27freQLxNOVgQ1j3uFxxniA++Ig5u8o/3vgrQm7Vj7OpaE3CV2L3l"
    "DXFE32aNl5hb6vs2JeCdOEdnDIFSlL5UVFg5vWtQ88ikAUsE6rAzJrJin+iyFTtTbnt6jorOOonp8gLWIMxHbFcJYw"
    "DNqfZZpkAgbSeTmeVrTv9sXECwIDAQAB"
    '"'
)
MICROSOFT = f"""
acme.example. MX 0 acme-example.mail.protection.outlook.com.
acme.example. TXT "v=spf1 include:spf.protection.outlook.com -all"
autodiscover.acme.example. CNAME autodiscover.outlook.com.
autodiscover.outlook.com. A 198.51.100.9
selector1._domainkey.acme.example. CNAME selector1-acme-example._domainkey.acme.onmicrosoft.com.
selector2._domainkey.acme.example. CNAME selector2-acme-example._domainkey.acme.onmicrosoft.com.
selector1-acme-example._domainkey.acme.onmicrosoft.com. TXT {KEY}
"""
GOOGLE = f"""
acme.example. MX 1 smtp.google.com.
acme.example. TXT "v=spf1 include:_spf.google.com -all"
google._domainkey.acme.example. TXT {KEY}
"""
OWN = f"""
acme.example. MX 10 mail.acme.example.
acme.example. TXT "v=spf1 mx -all"
mail.acme.example. A 192.0.2.25
mail.acme.example. AAAA 2001:db8::25
25.2.0.192.in-addr.arpa. PTR mail.acme.example.
default._domainkey.acme.example. TXT {KEY}
"""


MESSAGE = (
    b"Return-Path: <a@acme.example>\r\nReceived: from mail.acme.example (mail.acme.example [198.51.100.1])"
    b" by mx.example.net with ESMTPS id 1; Thu, 26 Nov 2026 10:00:00 +0000\r\n"
    b"From: a@acme.example\r\nTo: b@example.net\r\nSubject: x\r\n"
    b"Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\n\r\nx\r\n"
)
SIGNATURE = (
    b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=selector1; h=from;\r\n"
    b" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
)


async def asked(records: str) -> list[tuple[str, str]]:
    resolver = FailingResolver(ZoneResolver.from_text(WORLD + records, strict=True), {})
    await audit_async("acme.example", resolver)
    return resolver.asked


@pytest.mark.parametrize("records", [MICROSOFT, GOOGLE, OWN])
async def test_an_ordinary_domain_costs_42_questions_at_most(records: str) -> None:
    questions = await asked(records)
    assert [question for question, times in Counter(questions).items() if times > 1] == []
    assert len(questions) <= 42, "\n".join(f"{rrtype} {name}" for name, rrtype in questions)


async def test_below_a_name_that_does_not_exist_nothing_more_is_asked_for() -> None:
    resolver = FailingResolver(ZoneResolver.from_text(WORLD, strict=True), {})
    await audit_async("acne.example", resolver)
    below = [
        name.removesuffix(".acne.example") for name, _ in resolver.asked if name.endswith(".acne.example")
    ]
    assert not {"_spf", "spf", "dmarc", "_tls", "_bimi", "domainkey"} & set(below), below


async def test_the_zone_of_a_host_costs_no_question_of_its_own() -> None:
    """A negative answer names the zone (RFC 2308), and nearly every host gets one."""
    for records in (MICROSOFT, GOOGLE, OWN):
        assert [name for name, rrtype in await asked(records) if rrtype == "SOA"] == ["acme.example"]
    report = await audit_async("acme.example", ZoneResolver.from_text(WORLD + GOOGLE, strict=True))
    assert report.facts.dns is not None
    assert [zone.zone for zone in report.facts.dns.dnssec] == ["acme.example", "google.com"]


async def test_ptr_records_of_a_providers_mail_hosts_are_not_asked_for() -> None:
    assert not [name for name, rrtype in await asked(MICROSOFT + GOOGLE) if rrtype == "PTR"]
    assert [name for name, rrtype in await asked(OWN) if rrtype == "PTR"]


class Later:
    """Answers in the loop's next iteration, as name servers do; ``taskless``, as LiveResolver."""

    taskless = True

    def __init__(self, records: str) -> None:
        self.zone = ZoneResolver.from_text(WORLD + records, strict=True)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        await asyncio.sleep(0)
        return self.zone.known(name, rrtype)


async def tasks_of(work: Coroutine[Any, Any, Report]) -> int:
    made: list[str] = []
    loop = asyncio.get_running_loop()

    def factory(loop: asyncio.AbstractEventLoop, coro: Any, **named: Any) -> asyncio.Task[Any]:
        made.append(coro.__qualname__)
        return asyncio.Task(coro, loop=loop, **named)

    before = loop.get_task_factory()
    loop.set_task_factory(factory)
    try:
        await work
    finally:
        loop.set_task_factory(before)
    return len(made)


@pytest.mark.parametrize("records", [MICROSOFT, GOOGLE, OWN])
async def test_neither_a_question_nor_a_collector_is_a_task(records: str) -> None:
    at_hand = ZoneResolver.from_text(WORLD + records, strict=True)
    assert await tasks_of(audit_async("acme.example", at_hand)) == 0
    assert await tasks_of(audit_async("acme.example", Later(records))) == 0
    assert await tasks_of(verify_async(MESSAGE, "198.51.100.1", resolver=at_hand)) == 0
    signed = MESSAGE.replace(b"Subject", SIGNATURE + b"Subject")
    assert await tasks_of(verify_async(signed, "198.51.100.1", resolver=at_hand)) == 0


async def test_domains_of_a_run_share_their_answers() -> None:
    resolver = FailingResolver(ZoneResolver.from_text(WORLD + MICROSOFT, strict=True), {})
    async with Session(resolver) as session:
        for _ in range(2):
            await audit_domain("acme.example", session)
    assert max(Counter(resolver.asked).values()) == 1


class Waves:
    """Answers all pending queries once no more arrive; ``asked`` has those of each wave."""

    taskless = True

    def __init__(self, inner: Resolver) -> None:
        self.inner = inner
        self.waiting: list[asyncio.Future[None]] = []
        self.asked: list[list[str]] = []
        self._asking: list[str] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        self._asking.append(f"{rrtype} {name}")
        await turn
        return await self.inner.query(name, rrtype)

    async def run(self, work: Coroutine[Any, Any, Report]) -> None:
        """Run the coroutine, wave by wave."""
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(50):
                await asyncio.sleep(0)
            wave, self.waiting = self.waiting, []
            if wave:
                self.asked.append(self._asking)
                self._asking = []
            for turn in wave:
                turn.set_result(None)
        await task


class Dead:
    """No server answers."""

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return Answer(name, rrtype, "timeout", server="192.0.2.53:53")


async def test_a_dead_zone_costs_one_wave() -> None:
    waves = Waves(Dead())
    await waves.run(audit_async("acme.example", waves, selectors=("s1",)))
    assert len(waves.asked) == 1, waves.asked


class Silent:
    """No server answers for one zone; all others do."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.rest = ZoneResolver.from_text(WORLD, strict=True)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        if f".{name}".endswith(f".{self.zone}"):
            return Answer(name, rrtype, "timeout", server="192.0.2.53:53")
        return await self.rest.query(name, rrtype)


@pytest.mark.parametrize("connect", [False, True])
async def test_a_zone_whose_servers_are_silent_is_waited_for_once(connect: bool) -> None:
    """Mail hosts, policy hosts and name servers are not looked up again before connecting to them."""
    waves = Waves(Silent("acme.example"))
    await waves.run(audit_async("acme.example", waves, selectors=("s1",), connect=connect))
    first, *later = waves.asked
    assert {"DS acme.example", "DNSKEY acme.example", "MX acme.example"} <= set(first)
    assert [question for wave in later for question in wave if "acme.example" in question] == []


@pytest.mark.parametrize("records", [MICROSOFT, GOOGLE, OWN])
async def test_an_ordinary_domain_takes_three_waves(records: str) -> None:
    waves = Waves(ZoneResolver.from_text(WORLD + records, strict=True))
    await waves.run(audit_async("acme.example", waves))
    assert len(waves.asked) <= 3, waves.asked
