"""Connections to mail hosts: destinations, concurrency, and conclusions if there are none."""

from __future__ import annotations

import asyncio
import socket

import pytest

from mailproof.dns import RecordingResolver
from mailproof.engine.arguments import is_live
from mailproof.facts.transport import collect_transport
from mailproof.facts.transport_versions import inferred
from mailproof.mail.smtp_reply import own_name
from mailproof.structs import replace
from tests.support.engine import audit_async
from tests.support.mx_server import MxHost, mail_hosts
from tests.support.resolvers import FailingResolver, zone
from tests.support.tls import Authority
from tests.support.transporting import ONE, TWO, look, silent_place


async def test_private_addresses_are_not_connected_to() -> None:
    text = ONE.replace("192.0.2.1", "127.0.0.1")
    host = MxHost()
    result = await look({"127.0.0.1": host}, text=text)
    assert result.facts.connections[0].state == "skipped"
    assert "loopback" in result.facts.connections[0].reason
    assert host.connections == 0
    allowed = await look({"127.0.0.1": host}, text=text, allowed=("127.0.0.0/8",))
    assert allowed.facts.connections[0].state == "answered"


async def test_two_connections_at_a_time_to_one_host_and_each_looked_at_once(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example").context(), pause=0.05)
    text = ONE + "$ORIGIN other.example.\n@ IN MX 5 mx1.acme.example.\n"
    async with mail_hosts({"192.0.2.1": host}) as options:
        options = replace(options, ca_file=authority.ca_file)
        one, other = await asyncio.gather(
            collect_transport("acme.example", zone(text), options),
            collect_transport("other.example", zone(text), options),
        )
    assert one.facts.connections == other.facts.connections
    assert host.most_open == 2
    assert host.connections == 4  # the session, and the three TLS versions it did not show


async def test_hosts_run_together() -> None:
    together = asyncio.Barrier(8)  # none greets before all are connected
    hosts: dict[str, MxHost | None] = {f"192.0.2.{n}": MxHost(gate=together) for n in range(1, 9)}
    text = "$ORIGIN acme.example.\n" + "".join(
        f"@ IN MX {n} mx{n}\nmx{n} IN A 192.0.2.{n}\n" for n in range(1, 9)
    )
    result = await look(hosts, text=text)
    assert {each.state for each in result.facts.connections} == {"answered"}


async def test_no_more_than_ten_hosts_and_two_addresses() -> None:
    text = "$ORIGIN acme.example.\n" + "".join(
        f"@ IN MX {n} mx{n:02}\nmx{n:02} IN A 192.0.2.{n}\nmx{n:02} IN A 198.51.100.{n}\n"
        f"mx{n:02} IN AAAA 2001:db8::{n}\n"
        for n in range(1, 13)
    )
    hosts: dict[str, MxHost | None] = dict.fromkeys(
        [f"192.0.2.{n}" for n in range(1, 13)]
        + [f"198.51.100.{n}" for n in range(1, 13)]
        + [f"2001:db8::{n:x}" for n in range(1, 13)]
    )
    result = await look(hosts, text=text)
    assert len(result.facts.connections) == 20
    assert result.facts.left_out == ("mx11.acme.example", "mx12.acme.example")
    families = {":" in each.address for each in result.facts.connections if each.host == "mx01.acme.example"}
    assert families == {True, False}


async def test_dns_trouble_and_null_mx_lead_nowhere_and_raise_nothing() -> None:
    async with mail_hosts({}) as options:
        for failure in (("acme.example", "MX"), ("mx1.acme.example", "*")):
            broken = FailingResolver(zone(ONE), {failure: "timeout"})
            result = await collect_transport("acme.example", broken, options)
            assert result.facts.connections == ()
        null = await collect_transport("acme.example", zone("acme.example. IN MX 0 .\n"), options)
        assert null.facts.connections == ()


async def test_an_audit_connects_only_where_it_may(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example").context())
    async with mail_hosts({"192.0.2.1": host}) as options:
        options = replace(options, ca_file=authority.ca_file)
        quiet = await audit_async("acme.example", zone(ONE), transport=options)
        assert host.connections == 0
        assert {o.status for o in quiet.outcomes if o.check.startswith("TLS0")} == {"skipped"}
        report = await audit_async("acme.example", zone(ONE), transport=options, connect=True)
    by_rule = {outcome.check: outcome for outcome in report.outcomes}
    # TLS005 needs the PTR, for which this zone answers NXDOMAIN: the name is the MX host's, and so correct.
    assert {o.status for rule, o in by_rule.items() if rule.startswith("TLS0")} == {"pass"}
    assert report.facts.dns is not None
    assert report.facts.dns.transport is not None
    assert report.facts.dns.transport.connected


async def test_a_blocked_port_is_no_fault() -> None:
    async with silent_place() as place, mail_hosts({}) as options:
        options = replace(options, route=lambda address, port: place, connect_timeout=0.4)
        report = await audit_async("acme.example", zone(TWO), transport=options, connect=True)
    outcomes = [o for o in report.outcomes if o.check.startswith("TLS0")]
    assert {(o.status, o.not_possible_here) for o in outcomes} == {("skipped", "transport")}
    assert all("block outgoing port 25" in o.reason for o in outcomes)
    assert not any(o.findings for o in outcomes)


async def test_one_silent_host_beside_one_that_answers_is_a_fault(authority: Authority) -> None:
    host = MxHost(name="mx2.acme.example", tls=authority.issue("mx2.acme.example").context())
    async with silent_place() as place, mail_hosts({"192.0.2.2": host}) as options:
        inner = options.route
        assert inner is not None
        options = replace(
            options,
            ca_file=authority.ca_file,
            connect_timeout=0.4,
            route=lambda address, port: place if address == "192.0.2.1" else inner(address, port),
        )
        report = await audit_async("acme.example", zone(TWO), transport=options, connect=True)
    by_rule = {outcome.check: outcome for outcome in report.outcomes}
    assert by_rule["TLS002"].status == "warn"
    assert by_rule["TLS006"].status == "pass"


def test_live_is_only_what_asks_the_live_dns() -> None:
    from mailproof.dns import LiveResolver, OverlayResolver, ZoneResolver

    live = LiveResolver(nameservers=("127.0.0.1:9",))
    assert is_live(live)
    assert is_live(OverlayResolver(zone(ONE), live))
    assert is_live(RecordingResolver(OverlayResolver(zone(ONE), live)))
    assert not is_live(zone(ONE))
    assert not is_live(OverlayResolver(zone(ONE), ZoneResolver()))


@pytest.mark.parametrize(
    ("version", "agreed", "expected"),
    [
        ("TLSv1.3", "TLSv1.3", True),
        ("TLSv1.2", "TLSv1.3", None),
        ("TLSv1.3", "TLSv1.2", False),
        ("TLSv1", "", None),
    ],
)
def test_what_an_agreed_version_tells(version: str, agreed: str, expected: bool | None) -> None:
    assert inferred(version, agreed) is expected


def test_our_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "laptop")
    assert own_name("192.0.2.7") == "[192.0.2.7]"
    assert own_name("2001:db8::7") == "[IPv6:2001:db8::7]"
    monkeypatch.setattr(socket, "gethostname", lambda: "laptop.local")
    assert own_name("") == "[127.0.0.1]"
    monkeypatch.setattr(socket, "gethostname", lambda: "relay.acme.example")
    assert own_name("192.0.2.7") == "relay.acme.example"


async def test_a_run_over_many_domains_gives_a_blocked_port_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailproof.facts import transport

    monkeypatch.setattr(transport, "GIVE_UP", 2)
    names = [f"d{n}.example" for n in range(6)]
    text = "".join(
        f"{name}. IN MX 1 mx.{name}.\nmx.{name}. IN A 192.0.2.{n}\n" for n, name in enumerate(names)
    )
    async with silent_place() as place, mail_hosts({}) as options:
        options = replace(options, route=lambda address, port: place, connect_timeout=0.3, at_once=1)
        results = await asyncio.gather(*(collect_transport(name, zone(text), options) for name in names))
    reasons = [result.facts.connections[0].reason for result in results]
    assert {result.facts.connections[0].state for result in results} == {"timeout"}
    assert sum(reason.startswith("not tried") for reason in reasons) == 4
