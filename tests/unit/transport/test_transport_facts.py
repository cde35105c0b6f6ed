"""Connections to mail hosts, on real sockets with certificates of our own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mailproof.engine.arguments import is_live
from mailproof.facts.transport import TransportResult, collect_transport
from mailproof.facts.transport_versions import inferred
from mailproof.mail.smtp_reply import own_name
from mailproof.model import MxConnectionFacts
from mailproof.structs import replace
from tests.support.engine import audit_async
from tests.support.mx_server import MxHost, limited, mail_hosts
from tests.support.resolvers import FailingResolver, zone
from tests.support.tls import Authority

ONE = """$ORIGIN acme.example.
@ IN MX 10 mx1
mx1 IN A 192.0.2.1
"""
TWO = """$ORIGIN acme.example.
@ IN MX 10 mx1
@ IN MX 20 mx2
mx1 IN A 192.0.2.1
mx2 IN A 192.0.2.2
"""


@pytest.fixture
def ca(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextlib.asynccontextmanager
async def silent_place() -> AsyncIterator[tuple[str, int]]:
    """A listener whose backlog is full: it does not answer, as behind a firewall that drops."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()


async def look(
    hosts: dict[str, MxHost | None], ca: Authority | None = None, text: str = ONE, **values: Any
) -> TransportResult:
    async with mail_hosts(hosts) as options:
        options = replace(options, ca_file=ca.ca_file if ca else None, **values)
        return await collect_transport("acme.example", zone(text), options)


async def only(host: MxHost | None, ca: Authority | None = None, **values: Any) -> MxConnectionFacts:
    result = await look({"192.0.2.1": host}, ca, **values)
    (connection,) = result.facts.connections
    return connection


async def test_a_healthy_host(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example", days=60).context())
    result = await look({"192.0.2.1": host}, ca)
    (seen,) = result.facts.connections
    assert (seen.state, seen.code, seen.greeting_name) == ("answered", 220, "mx1.acme.example")
    assert seen.ehlo_name == "mx1.acme.example"
    assert seen.starttls
    assert seen.tls is not None
    assert (seen.tls.version, seen.tls.verified, seen.names_match) == ("TLSv1.3", True, True)
    assert seen.tls.chain[0].days_left == 60
    assert [v.offered for v in seen.versions] == [False, False, True, True]
    assert seen.relay == "refused"
    assert len(result.chains[0][2]) == 2
    assert seen.tls.strict_faults == ()


async def test_a_chain_that_passes_only_without_strictness(tmp_path: Path) -> None:
    careless = Authority(tmp_path, careless=True)
    host = MxHost(tls=careless.issue("mx1.acme.example").context())
    async with mail_hosts({"192.0.2.1": host}) as options:
        options = replace(options, ca_file=careless.ca_file)
        report = await audit_async("acme.example", zone(ONE), transport=options, connect=True)
    outcomes = {outcome.check: outcome for outcome in report.outcomes}
    assert outcomes["TLS014"].status == "pass"
    (finding,) = outcomes["TLS018"].findings
    assert "CN=mx1.acme.example: it has no authority key identifier" in finding.message
    assert len(finding.evidence) == 3
    assert report.score is not None
    assert "TLS018" not in {each.rule for each in report.score.deductions}


async def test_nothing_is_ever_sent(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example").context(), rcpt_reply="250 2.1.5 Ok")
    seen = await only(host, ca)
    assert seen.relay == "accepted"
    verbs = {command.split()[0] for command in host.commands}
    assert verbs == {"EHLO", "STARTTLS", "MAIL", "RCPT", "RSET", "QUIT"}
    recipients = [command for command in host.commands if command.startswith("RCPT")]
    assert recipients == ["RCPT TO:<relay-test@example.net>"]


async def test_a_sender_refused_is_replaced_by_the_null_sender() -> None:
    host = MxHost(mail_reply="550 5.7.1 unknown sender domain", rcpt_reply="250 2.1.5 Ok")
    assert (await only(host)).relay == "accepted"
    closed = MxHost(mail_reply="550 5.7.1 no", null_reply="550 5.7.1 no")
    seen = await only(closed)
    assert (seen.relay, seen.relay_reply) == ("untested", "550 5.7.1 no")


async def test_a_greylisted_recipient_tells_nothing_of_relaying() -> None:
    assert (await only(MxHost(rcpt_reply="451 4.7.1 Greylisted"))).relay == "deferred"


async def test_no_starttls() -> None:
    seen = await only(MxHost())
    assert seen.starttls is False
    assert seen.tls is None
    assert seen.relay == "refused"


@pytest.mark.parametrize(
    ("names", "options", "code", "match"),
    [
        (("mail.example.net",), {}, "wrong-name", False),
        (("mx1.acme.example",), {"days": -2}, "expired", True),
        (("mx1.acme.example",), {"self_signed": True}, "self-signed", True),
        (("*.acme.example",), {"age_days": -5}, "not-yet-valid", True),
    ],
)
async def test_a_certificate_that_is_refused_is_shown_all_the_same(
    ca: Authority, names: tuple[str, ...], options: dict[str, Any], code: str, match: bool
) -> None:
    seen = await only(MxHost(tls=ca.issue(*names, **options).context()), ca)
    assert seen.tls is not None
    assert (seen.tls.verified, seen.tls.problem_code) == (False, code)
    assert seen.tls.version == "TLSv1.3"
    assert seen.tls.chain[0].names == names
    assert seen.names_match is match
    assert seen.starttls_problem == ""
    assert seen.relay == "refused"


async def test_an_unknown_authority_is_untrusted(ca: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "stranger")
    seen = await only(MxHost(tls=stranger.issue("mx1.acme.example").context()), ca)
    assert seen.tls is not None
    # The root that is sent along is what OpenSSL complains of.
    assert seen.tls.problem_code == "untrusted"


async def test_old_versions_are_spoken_only_to_learn_of_them(ca: Authority) -> None:
    old = limited(ca.issue("mx1.acme.example").context(), ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    seen = await only(MxHost(tls=old), ca)
    assert seen.tls is not None
    assert seen.tls.version == "TLSv1.1"
    assert seen.starttls_problem
    assert [v.offered for v in seen.versions] == [True, True, False, False]


async def test_tls12_without_tls13(ca: Authority) -> None:
    context = ca.issue("mx1.acme.example").context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    seen = await only(MxHost(tls=context), ca)
    assert [v.offered for v in seen.versions] == [False, False, True, False]


async def test_starttls_that_is_refused_or_injected(ca: Authority) -> None:
    context = ca.issue("mx1.acme.example").context()
    refused = await only(MxHost(tls=context, starttls_reply="454 4.7.0 TLS not available"), ca)
    assert refused.starttls_problem == "it answered STARTTLS with 454 4.7.0 TLS not available"
    assert refused.tls is None
    assert refused.relay == "refused"
    injected = await only(MxHost(tls=context, starttls_extra="250 injected\r\n"), ca)
    assert "before TLS began" in injected.starttls_problem
    assert injected.tls is None


async def test_a_handshake_that_hangs_is_a_broken_starttls(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example").context(), handshake=False)
    for limit in (8.0, 0.8):  # cut off in the first look or in the second
        seen = await only(host, ca, reply_timeout=0.5, connection_timeout=limit)
        assert (seen.state, seen.code, seen.starttls) == ("answered", 220, True)
        assert seen.starttls_problem == "no TLS handshake within 0.5 s"
        assert seen.tls is None


async def test_a_second_look_that_is_turned_away_takes_nothing_back(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example", self_signed=True).context())
    host.greetings = ["220 mx1.acme.example ESMTP", "421 4.7.0 too many connections"]
    seen = await only(host, ca)
    assert (seen.state, seen.code, seen.starttls) == ("answered", 220, True)
    assert seen.tls is not None
    assert (seen.tls.problem_code, seen.tls.chain) == ("self-signed", ())
    assert seen.relay == "untested"


async def test_a_host_that_refuses_connections() -> None:
    assert (await only(None)).state == "refused"


async def test_a_host_that_says_nothing() -> None:
    seen = await only(MxHost(silent=True), reply_timeout=0.3)
    assert seen.state == "silent"
    assert "sent no greeting within 0.3 s" in seen.reason
    assert (await only(MxHost(hang_up=True))).state == "silent"


async def test_greetings_that_turn_away_or_are_no_smtp() -> None:
    away = await only(MxHost(greeting="554 5.7.1 not from here"))
    assert (away.state, away.code, away.starttls) == ("answered", 554, None)
    foreign = await only(MxHost(greeting="SSH-2.0-OpenSSH_9.2p1"))
    assert foreign.state == "protocol"
    assert "SSH-2.0" in foreign.reason


async def test_ehlo_that_is_refused_leaves_starttls_open() -> None:
    seen = await only(MxHost(ehlo_reply="421 4.3.2 shutting down"))
    assert seen.starttls is None
    assert "421" in seen.reason


async def test_a_slow_conversation_is_cut_off() -> None:
    seen = await only(MxHost(pause=600), connection_timeout=0.5)
    assert seen.state == "silent"
    assert "0.5 s" in seen.reason


async def test_the_whole_is_bounded_too() -> None:
    seen = await only(MxHost(pause=600), total=0.5)
    assert (seen.state, seen.reason) == ("skipped", "not finished within 0.5 s")


async def test_what_is_known_when_the_time_is_over_is_kept(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example").context(), later_pause=20)
    seen = await only(host, ca, total=1.0, reply_timeout=10.0)
    assert seen.state == "answered"
    assert seen.tls is not None
    assert [(v.offered, v.reason) for v in seen.versions] == [
        (None, "not tried in time"),
        (None, "not tried in time"),
        (None, "not tried in time"),
        (True, ""),
    ]


async def test_private_addresses_are_not_connected_to() -> None:
    text = ONE.replace("192.0.2.1", "127.0.0.1")
    host = MxHost()
    result = await look({"127.0.0.1": host}, text=text)
    assert result.facts.connections[0].state == "skipped"
    assert "loopback" in result.facts.connections[0].reason
    assert host.connections == 0
    allowed = await look({"127.0.0.1": host}, text=text, allowed=("127.0.0.0/8",))
    assert allowed.facts.connections[0].state == "answered"


async def test_two_connections_at_a_time_to_one_host_and_each_looked_at_once(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example").context(), pause=0.05)
    text = ONE + "$ORIGIN other.example.\n@ IN MX 5 mx1.acme.example.\n"
    async with mail_hosts({"192.0.2.1": host}) as options:
        options = replace(options, ca_file=ca.ca_file)
        one, other = await asyncio.gather(
            collect_transport("acme.example", zone(text), options),
            collect_transport("other.example", zone(text), options),
        )
    assert one.facts.connections == other.facts.connections
    assert host.most_open == 2
    assert host.connections == 4  # the conversation, and the three versions that it did not tell of


async def test_hosts_run_together() -> None:
    together = asyncio.Barrier(8)  # none greets before all were connected to
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


async def test_an_audit_connects_only_where_it_may(ca: Authority) -> None:
    host = MxHost(tls=ca.issue("mx1.acme.example").context())
    async with mail_hosts({"192.0.2.1": host}) as options:
        options = replace(options, ca_file=ca.ca_file)
        quiet = await audit_async("acme.example", zone(ONE), transport=options)
        assert host.connections == 0
        assert {o.status for o in quiet.outcomes if o.check.startswith("TLS0")} == {"skipped"}
        report = await audit_async("acme.example", zone(ONE), transport=options, connect=True)
    by_rule = {outcome.check: outcome for outcome in report.outcomes}
    # TLS005 needs the PTR, which this zone answers with NXDOMAIN: the name is the MX host's, and so right.
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


async def test_one_silent_host_beside_one_that_answers_is_a_fault(ca: Authority) -> None:
    host = MxHost(name="mx2.acme.example", tls=ca.issue("mx2.acme.example").context())
    async with silent_place() as place, mail_hosts({"192.0.2.2": host}) as options:
        inner = options.route
        assert inner is not None
        options = replace(
            options,
            ca_file=ca.ca_file,
            connect_timeout=0.4,
            route=lambda address, port: place if address == "192.0.2.1" else inner(address, port),
        )
        report = await audit_async("acme.example", zone(TWO), transport=options, connect=True)
    by_rule = {outcome.check: outcome for outcome in report.outcomes}
    assert by_rule["TLS002"].status == "warn"
    assert by_rule["TLS006"].status == "pass"


def test_live_is_only_what_asks_the_live_dns() -> None:
    from mailproof.dns import LiveResolver, OverlayResolver, SnapshotResolver, ZoneResolver

    live = LiveResolver(nameservers=("127.0.0.1:9",))
    assert is_live(None)
    assert is_live(live)
    assert is_live(OverlayResolver(zone(ONE), live))
    assert is_live(SnapshotResolver.record(OverlayResolver(zone(ONE), live)))
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
