"""``ptr`` and ``%{p}``: validated names at or below the target (RFC 7208 5.5, 7.3)."""

from __future__ import annotations

import pytest

import mailproof
from tests.support.resolvers import FailingResolver, zone

WORLD = """$ORIGIN acme.example.
@ IN TXT "v=spf1 {} -all"
@ IN A 192.0.2.9
mail IN A 192.0.2.1
mail IN AAAA 2001:db8::1
$ORIGIN notacme.example.
@ IN A 192.0.2.2
@ IN A 192.0.2.4
mail IN A 192.0.2.2
$ORIGIN 2.0.192.in-addr.arpa.
1 IN PTR mail.acme.example.
2 IN PTR mail.notacme.example.
2 IN PTR notacme.example.
3 IN PTR mail.acme.example.
4 IN PTR notacme.example.
9 IN PTR acme.example.
$ORIGIN 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.
@ IN PTR mail.acme.example.
$ORIGIN seen.example.
mail.acme.example IN A 127.0.0.2
acme.example IN A 127.0.0.2
notacme.example IN A 127.0.0.2
unknown IN A 127.0.0.2
"""


@pytest.mark.parametrize(
    ("term", "ip", "result"),
    [
        ("ptr", "192.0.2.1", "pass"),
        ("ptr", "192.0.2.9", "pass"),
        ("ptr", "192.0.2.2", "fail"),  # notacme.example ends in the letters of acme.example
        ("ptr", "192.0.2.3", "fail"),  # its name has another address
        ("ptr", "192.0.2.5", "fail"),  # it has no name
        ("ptr:mail.acme.example", "192.0.2.1", "pass"),
        ("ptr:mail.acme.example", "192.0.2.9", "fail"),
        ("ptr:notacme.example", "192.0.2.2", "pass"),
        ("ptr:cme.example", "192.0.2.1", "fail"),
        ("ptr", "2001:db8::1", "pass"),
        ("exists:%{p}.seen.example", "192.0.2.1", "pass"),
        ("exists:%{p}.seen.example", "192.0.2.9", "pass"),
        ("exists:%{p}.seen.example", "192.0.2.5", "pass"),
        ("exists:%{p}.seen.example", "192.0.2.4", "pass"),
        ("exists:%{p}.none.example", "192.0.2.1", "fail"),
    ],
)
def test_names_of_the_client(term: str, ip: str, result: str) -> None:
    found = mailproof.check_host(ip, "x@acme.example", "h.example", resolver=zone(WORLD.format(term)))
    assert found.result == result


def test_a_failed_look_up_of_the_names_is_no_match() -> None:
    world = zone(WORLD.format("ptr"))
    failing = FailingResolver(world, {("1.2.0.192.in-addr.arpa", "PTR"): "servfail"})
    found = mailproof.check_host("192.0.2.1", "x@acme.example", "h", resolver=failing)
    assert found.result == "fail"
    assert "no known name" in found.trace[0].detail
    failing = FailingResolver(world, {("mail.acme.example", "A"): "timeout"})
    assert mailproof.check_host("192.0.2.1", "x@acme.example", "h", resolver=failing).result == "fail"


def test_names_that_were_not_asked_for_are_unknown() -> None:
    failing = FailingResolver(zone(WORLD.format("ptr")), {("1.2.0.192.in-addr.arpa", "PTR"): "unasked"})
    found = mailproof.check_host("192.0.2.1", "x@acme.example", "h", resolver=failing)
    assert (found.result, found.reason) == (
        "temperror",
        "PTR 1.2.0.192.in-addr.arpa: not queried (from test)",
    )


@pytest.mark.parametrize(
    ("name", "of_client"), [("mail.acme.example", "192.0.2.1"), ("unknown", "192.0.2.5")]
)
def test_p_is_the_validated_name(name: str, of_client: str) -> None:
    world = FailingResolver(zone(WORLD.format("exists:%{p}.seen.example")), {})
    mailproof.check_host(of_client, "x@acme.example", "h.example", resolver=world)
    assert (f"{name}.seen.example", "A") in world.asked
