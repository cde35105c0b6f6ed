"""dnspython's resolver on answers already in memory."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import pytest

from mailproof.adapters.dnspython_bridge import dnspython_resolver, response_to
from mailproof.adapters.gathered import MissingAnswer
from mailproof.dns import Answer
from mailproof.dns.text import txt_bytes
from mailproof.model import Status
from tests.support.resolvers import zone

WORLD = zone(
    """\
$ORIGIN acme.example.
@ 60 TXT "\\255\\000" "two"
www 60 CNAME web
web 60 A 192.0.2.1
hang 60 CNAME none
odd\\.name 60 A 192.0.2.2
big 60 TXT """
    + " ".join('"' + "x" * 250 + '"' for _ in range(100))
    + "\n"
)


@pytest.fixture
def resolver() -> dns.resolver.Resolver:
    return dnspython_resolver(WORLD.known)


def test_records_and_chains(resolver: dns.resolver.Resolver) -> None:
    answer = resolver.resolve("www.acme.example", "A")
    assert [r.to_text() for r in answer] == ["192.0.2.1"]
    assert answer.canonical_name.to_text() == "web.acme.example."
    assert txt_bytes(resolver.resolve("acme.example", "TXT")[0]) == b"\xff\x00two"
    assert len(txt_bytes(resolver.resolve("big.acme.example", "TXT")[0])) == 25000
    assert resolver.resolve("odd\\.name.acme.example", "A").rrset is not None


def test_absence(resolver: dns.resolver.Resolver) -> None:
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("web.acme.example", "TXT")
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("none.acme.example", "A")
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("hang.acme.example", "A")


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
def test_a_failure_is_asked_for_once(status: Status) -> None:
    asked: list[str] = []

    def failing(name: str, rrtype: str) -> Answer:
        asked.append(name)
        return Answer(name, rrtype, status)

    with pytest.raises(dns.resolver.NoNameservers):
        dnspython_resolver(failing).resolve("a.example", "A")
    assert asked == ["a.example"]


def test_a_missing_answer_is_asked_for_once() -> None:
    asked: list[str] = []

    def missing(name: str, rrtype: str) -> Answer:
        asked.append(name)
        raise MissingAnswer(name, rrtype)

    with pytest.raises(dns.resolver.NoNameservers):
        dnspython_resolver(missing).resolve("a.example", "A")
    assert asked == ["a.example"]


def test_authenticated_data() -> None:
    request = dns.message.make_query("a.example", "A")
    assert response_to(request, Answer("a.example", "A", "nodata", secure="yes")).flags & dns.flags.AD
    assert not response_to(request, Answer("a.example", "A", "nodata", secure="no")).flags & dns.flags.AD


def test_more_than_a_message_can_hold_is_a_failure() -> None:
    many = zone("".join(f"@ A 10.0.{i >> 8}.{i & 255}\n" for i in range(5000)))
    request = dns.message.make_query(".", "A")
    assert response_to(request, many.known(".", "A")).rcode() == dns.rcode.SERVFAIL
