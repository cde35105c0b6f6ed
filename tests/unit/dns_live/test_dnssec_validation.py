"""Our own validation of signed zones, through LiveResolver and a server that does not validate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest

from mailproof.dns import Answer, LiveResolver
from mailproof.dns.anchors import ROOT_ANCHORS, TrustAnchors
from mailproof.dns.dnssec import Validator, _by_tag
from mailproof.errors import UsageError
from tests.support.dnssec_world import DAY, Key, World
from tests.support.dnsserver import Asked, DnsServer

ACME = """
@ 300 TXT "v=spf1 -all"
www 300 A 192.0.2.1
alias 300 CNAME www
out 300 CNAME www.plain.test.
a.b 300 A 192.0.2.2
*.wild 300 TXT "any"
old 300 DNAME new.acme.test.
x.new 300 TXT "moved"
"""


@cache
def world() -> World:
    made = World()
    parts = []

    def child(name: str, text: str, **options: object) -> None:
        ds = made.add(f"{name}.test.", text, **options)  # type: ignore[arg-type] # keywords by their names
        parts.append(f"{name} 300 NS ns.{name}\n" + (f"{name} 300 DS {ds}\n" if ds else ""))

    child("acme", ACME)
    child("plain", 'www 300 A 192.0.2.3\n@ 300 TXT "unsigned"\n', sign=False)
    child("expired", "@ 300 A 192.0.2.4\n", since=-3 * DAY, until=-DAY)
    child("future", "@ 300 A 192.0.2.4\n", since=DAY, until=3 * DAY)
    child("n3", ACME.replace("acme", "n3") + "sub 300 NS ns.sub\n", nsec3=2)
    child("n3out", "www 300 A 192.0.2.5\nsub 300 NS ns.sub\n*.wild 300 TXT any\n", nsec3=0, opt_out=True)
    child("n3costly", "www 300 A 192.0.2.6\n", nsec3=500)
    made.add("sub.n3.test.", "@ 300 A 192.0.2.7\n", sign=False)
    made.add("sub.n3out.test.", "@ 300 A 192.0.2.7\n", sign=False)
    other = World().add("liar.test.", "@ 300 A 192.0.2.8\n")
    made.add("liar.test.", "@ 300 A 192.0.2.8\n")
    parts.append(f"liar 300 NS ns.liar\nliar 300 DS {other}\n")
    ds = made.add("test.", "".join(parts))
    made.add(".", f"test. 300 NS ns.test.\ntest. 300 DS {ds}\n")
    return made


Change = Callable[[dns.message.Message], None]


async def ask(
    name: str, rrtype: str, change: Change | None = None, anchors: TrustAnchors | None = None
) -> Answer:
    def handler(asked: Asked) -> dns.message.Message:
        reply = world().answer(asked)
        if change is not None and (asked.name, asked.rrtype) == (name, rrtype):
            change(reply)
        return reply

    trusted = anchors or world().anchors()
    async with (
        DnsServer(handler) as server,
        LiveResolver([server.address], timeout=5, validate=True, trust_anchors=trusted) as resolver,
    ):
        return await resolver.query(name, rrtype)


SECURE = [
    ("acme.test", "TXT", "ok"),
    ("www.acme.test", "A", "ok"),
    ("alias.acme.test", "A", "ok"),
    ("x.old.acme.test", "TXT", "ok"),
    ("some.wild.acme.test", "TXT", "ok"),
    ("deep.some.wild.acme.test", "TXT", "ok"),
    ("some.wild.acme.test", "A", "nodata"),
    ("www.acme.test", "AAAA", "nodata"),
    ("b.acme.test", "A", "nodata"),
    ("none.acme.test", "A", "nxdomain"),
    ("none.b.acme.test", "A", "nxdomain"),
    ("none.test", "A", "nxdomain"),
    ("acme.test", "DS", "ok"),
    ("acme.test", "DNSKEY", "ok"),
    ("plain.test", "DS", "nodata"),
    ("test", "SOA", "ok"),
    (".", "NS", "ok"),
    ("www.n3.test", "A", "ok"),
    ("www.n3.test", "AAAA", "nodata"),
    ("b.n3.test", "A", "nodata"),
    ("none.n3.test", "A", "nxdomain"),
    ("some.wild.n3.test", "TXT", "ok"),
    ("some.wild.n3.test", "A", "nodata"),
    ("www.n3out.test", "A", "ok"),
    ("www.n3out.test", "AAAA", "nodata"),
]


@pytest.mark.parametrize(("name", "rrtype", "status"), SECURE)
async def test_secure(name: str, rrtype: str, status: str) -> None:
    answer = await ask(name, rrtype)
    assert (answer.status, answer.secure, answer.reason) == (status, "yes", "")


@pytest.mark.parametrize(
    ("name", "rrtype", "status"),
    [
        ("plain.test", "TXT", "ok"),
        ("www.plain.test", "A", "ok"),
        ("none.plain.test", "A", "nxdomain"),
        ("out.acme.test", "A", "ok"),
        ("sub.n3.test", "A", "ok"),
        ("sub.n3out.test", "A", "ok"),
        ("none.n3out.test", "A", "nxdomain"),
        ("some.wild.n3out.test", "TXT", "ok"),
        ("none.n3costly.test", "A", "nxdomain"),
    ],
)
async def test_insecure(name: str, rrtype: str, status: str) -> None:
    answer = await ask(name, rrtype)
    assert (answer.status, answer.secure) == (status, "no")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("expired.test", "expired"), ("future.test", "not yet valid"), ("liar.test", "DNSKEY")],
)
async def test_bogus_zones(name: str, reason: str) -> None:
    answer = await ask(name, "A")
    assert (answer.status, answer.secure, answer.records) == ("bogus", "bogus", ())
    assert reason in answer.reason


def tamper(reply: dns.message.Message) -> None:
    reply.answer[0].clear()  # type: ignore[no-untyped-call] # of dnspython
    reply.answer[0].add(dns.rdata.from_text("IN", "A", "203.0.113.66"), 300)


def strip_signatures(reply: dns.message.Message) -> None:
    for section in (reply.answer, reply.authority):
        section[:] = [rrset for rrset in section if rrset.rdtype != dns.rdatatype.RRSIG]


def strip_proofs(reply: dns.message.Message) -> None:
    kinds = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)
    reply.authority[:] = [r for r in reply.authority if r.rdtype not in kinds and r.covers not in kinds]


def deny(reply: dns.message.Message) -> None:
    """A false denial, with genuine proofs for other names."""
    zone = world().zones[dns.name.from_text("acme.test.")]
    assert zone.origin is not None
    reply.answer.clear()
    reply.set_rcode(dns.rcode.NXDOMAIN)
    world()._section(reply.authority, zone.nodes[zone.origin], zone.origin, dns.rdatatype.SOA)
    world()._proofs(reply, zone)


@pytest.mark.parametrize(
    ("name", "rrtype", "change"),
    [
        ("www.acme.test", "A", tamper),
        ("www.acme.test", "A", strip_signatures),
        ("alias.acme.test", "A", strip_signatures),
        ("none.acme.test", "A", strip_signatures),
        ("none.acme.test", "A", strip_proofs),
        ("none.n3.test", "A", strip_proofs),
        ("some.wild.acme.test", "TXT", strip_proofs),
        ("www.acme.test", "A", deny),
        ("acme.test", "TXT", deny),
    ],
)
async def test_lies_are_bogus(name: str, rrtype: str, change: Change) -> None:
    answer = await ask(name, rrtype, change)
    assert (answer.status, answer.secure) == ("bogus", "bogus")
    assert answer.reason


async def test_a_delegation_cannot_be_made_insecure_by_a_lie() -> None:
    def handler(asked: Asked) -> dns.message.Message:
        reply = world().answer(asked)
        if asked.rrtype == "DS" and asked.name == "acme.test":
            reply = asked.reply()
            zone = world().zones[dns.name.from_text("test.")]
            world()._proofs(reply, zone)
        if asked.rrtype == "A":
            strip_signatures(reply)
        return reply

    async with (
        DnsServer(handler) as server,
        LiveResolver([server.address], validate=True, trust_anchors=world().anchors()) as resolver,
    ):
        assert (await resolver.query("www.acme.test", "A")).status == "bogus"


async def test_other_anchors() -> None:
    wrong = World()
    wrong.add(".", "")
    assert (await ask("www.acme.test", "A", anchors=wrong.anchors())).status == "bogus"
    island = await ask("www.acme.test", "A", anchors=world().anchors("acme.test."))
    assert island.secure == "yes"
    beside = await ask("www.plain.test", "A", anchors=world().anchors("acme.test."))
    assert (beside.status, beside.secure) == ("ok", "no")


async def test_keys_that_cannot_be_had_leave_it_unknown() -> None:
    def handler(asked: Asked) -> dns.message.Message | None:
        return asked.reply(rcode=2) if asked.rrtype == "DNSKEY" else world().answer(asked)

    async with (
        DnsServer(handler) as server,
        LiveResolver([server.address], validate=True, trust_anchors=world().anchors()) as resolver,
    ):
        answer = await resolver.query("www.acme.test", "A")
        assert (answer.status, answer.secure) == ("ok", "unknown")


async def test_validation_keeps_to_the_time_limit() -> None:
    def handler(asked: Asked) -> dns.message.Message | None:
        return None if asked.rrtype in ("DNSKEY", "DS") else world().answer(asked)

    anchors = world().anchors()
    async with (
        DnsServer(handler) as server,
        LiveResolver(
            [server.address], timeout=300, lifetime=0.3, validate=True, trust_anchors=anchors
        ) as resolver,
    ):
        answer = await resolver.query("www.acme.test", "A")
        assert (answer.status, answer.secure) == ("ok", "unknown")


async def test_closing_while_validating() -> None:
    def handler(asked: Asked) -> dns.message.Message | None:
        return None if asked.rrtype in ("DNSKEY", "DS") else world().answer(asked)

    async with DnsServer(handler) as server:
        resolver = LiveResolver([server.address], validate=True, trust_anchors=world().anchors())
        task = asyncio.create_task(resolver.query("www.acme.test", "A"))
        await asyncio.sleep(0.1)
        await resolver.aclose()
        answer = await asyncio.wait_for(task, 60)
        assert (answer.status, answer.secure) == ("ok", "unknown")
        assert resolver._servers._runtime is None


async def test_zones_are_walked_once() -> None:
    async with (
        DnsServer(world().answer) as server,
        LiveResolver([server.address], validate=True, trust_anchors=world().anchors()) as resolver,
    ):
        await resolver.query("www.acme.test", "A")
        before = len(server.asked)
        await resolver.query("acme.test", "TXT")
        assert len(server.asked) == before + 1


def test_the_roots_anchors() -> None:
    anchors = TrustAnchors.from_text()
    assert [record.key_tag for record in anchors.of(dns.name.root)] == [20326, 38696]


async def through(handler: Callable[[Asked], dns.message.Message], name: str, rrtype: str) -> Answer:
    async with (
        DnsServer(handler) as server,
        LiveResolver([server.address], timeout=5, validate=True, trust_anchors=world().anchors()) as resolver,
    ):
        return await resolver.query(name, rrtype)


async def test_a_forwarder_that_drops_signatures_makes_nothing_bogus() -> None:
    def handler(asked: Asked) -> dns.message.Message:
        reply = world().answer(asked)
        strip_signatures(reply)
        return reply

    answer = await through(handler, "www.acme.test", "A")
    assert (answer.status, answer.secure) == ("ok", "unknown")
    assert "returns no signatures" in answer.reason


def reply_to(name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.message.Message:
    """The reply from the zones, with its records in order (conversion to wire format shuffles them)."""
    question = dns.message.make_query(name, rdtype)
    assert isinstance(question, dns.message.QueryMessage)
    return world().answer(Asked(question, str(name), rdtype.name, "udp", ("127.0.0.1", 0), 1))


@pytest.mark.parametrize(
    ("text", "failing", "secure"),
    [
        ("www.acme.test.", 7, "yes"),
        ("www.acme.test.", 8, "bogus"),  # for one RRset
        ("none.b.n3.test.", 1, "yes"),
        ("none.b.n3.test.", 7, "bogus"),  # for one reply: its proofs
    ],
)
async def test_only_so_many_failing_signatures_are_tried(text: str, failing: int, secure: str) -> None:
    """KeyTrap (CVE-2023-50387): the work to find valid signatures in a reply is bounded."""

    async def fetch(name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.message.Message:
        return reply_to(name, rdtype)

    name = dns.name.from_text(text)
    reply = reply_to(name, dns.rdatatype.A)
    for section in (reply.answer, reply.authority):
        for at, rrset in enumerate(section):
            if rrset.rdtype == dns.rdatatype.RRSIG:
                (honest,) = rrset
                made = (bytes([n]) + honest.signature[1:] for n in range(256))
                bad = [honest.replace(signature=each) for each in made if each != honest.signature]
                section[at] = dns.rrset.from_rdata_list(rrset.name, rrset.ttl, [*bad[:failing], honest])
    verdict = await Validator(fetch, world().anchors()).validate(reply, name, dns.rdatatype.A)
    assert verdict.secure == secure


def test_few_keys_share_an_algorithm_and_a_tag() -> None:
    one, other = Key.new().public, Key.new().public
    assert sorted(map(len, _by_tag([*[one] * 9, other]).values())) == [1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no trust anchor"),
        ("; the root\n\n", "has no trust anchor"),
        (". 20326 8 2 XYZ", "anchors:1: .*write ZONE TAG"),
        ("one two", "write ZONE TAG"),
        ("a..b 20326 8 2 " + "00" * 32, "write ZONE TAG"),
    ],
)
def test_files_that_hold_no_anchor(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "anchors"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        TrustAnchors.from_file(file)
    with pytest.raises(UsageError, match="cannot be read"):
        TrustAnchors.from_file(tmp_path)


def test_anchors_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text(f"; the root\n{ROOT_ANCHORS[0]} # of 2017\nacme.test. 300 IN DS {ROOT_ANCHORS[1][2:]}\n")
    found = TrustAnchors.from_file(file)
    assert [record.key_tag for record in found.of(dns.name.root)] == [20326]
    assert [record.key_tag for record in found.of(dns.name.from_text("acme.test"))] == [38696]
