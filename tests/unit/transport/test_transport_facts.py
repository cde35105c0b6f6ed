"""Connections to mail hosts, on real sockets with certificates of our own."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from mailproof.structs import replace
from tests.support.engine import audit_async
from tests.support.mx_server import MxHost, limited, mail_hosts
from tests.support.resolvers import zone
from tests.support.tls import Authority
from tests.support.transporting import ONE, look, only


async def test_a_healthy_host(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example", days=60).context())
    result = await look({"192.0.2.1": host}, authority)
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


async def test_nothing_is_ever_sent(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example").context(), rcpt_reply="250 2.1.5 Ok")
    seen = await only(host, authority)
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
    authority: Authority, names: tuple[str, ...], options: dict[str, Any], code: str, match: bool
) -> None:
    seen = await only(MxHost(tls=authority.issue(*names, **options).context()), authority)
    assert seen.tls is not None
    assert (seen.tls.verified, seen.tls.problem_code) == (False, code)
    assert seen.tls.version == "TLSv1.3"
    assert seen.tls.chain[0].names == names
    assert seen.names_match is match
    assert seen.starttls_problem == ""
    assert seen.relay == "refused"


async def test_an_unknown_authority_is_untrusted(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "stranger")
    seen = await only(MxHost(tls=stranger.issue("mx1.acme.example").context()), authority)
    assert seen.tls is not None
    # OpenSSL rejects it because of the included root.
    assert seen.tls.problem_code == "untrusted"


async def test_old_versions_are_spoken_only_to_learn_of_them(authority: Authority) -> None:
    old = limited(authority.issue("mx1.acme.example").context(), ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    seen = await only(MxHost(tls=old), authority)
    assert seen.tls is not None
    assert seen.tls.version == "TLSv1.1"
    assert seen.starttls_problem
    assert [v.offered for v in seen.versions] == [True, True, False, False]


async def test_tls12_without_tls13(authority: Authority) -> None:
    context = authority.issue("mx1.acme.example").context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    seen = await only(MxHost(tls=context), authority)
    assert [v.offered for v in seen.versions] == [False, False, True, False]


async def test_starttls_that_is_refused_or_injected(authority: Authority) -> None:
    context = authority.issue("mx1.acme.example").context()
    refused = await only(MxHost(tls=context, starttls_reply="454 4.7.0 TLS not available"), authority)
    assert refused.starttls_problem == "it answered STARTTLS with 454 4.7.0 TLS not available"
    assert refused.tls is None
    assert refused.relay == "refused"
    injected = await only(MxHost(tls=context, starttls_extra="250 injected\r\n"), authority)
    assert "before TLS began" in injected.starttls_problem
    assert injected.tls is None


async def test_a_handshake_that_hangs_is_a_broken_starttls(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example").context(), handshake=False)
    for limit in (8.0, 0.8):  # interrupted in the first connection or in the second
        seen = await only(host, authority, reply_timeout=0.5, connection_timeout=limit)
        assert (seen.state, seen.code, seen.starttls) == ("answered", 220, True)
        assert seen.starttls_problem == "no TLS handshake within 0.5 s"
        assert seen.tls is None


async def test_a_second_look_that_is_turned_away_takes_nothing_back(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example", self_signed=True).context())
    host.greetings = ["220 mx1.acme.example ESMTP", "421 4.7.0 too many connections"]
    seen = await only(host, authority)
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


async def test_what_is_known_when_the_time_is_over_is_kept(authority: Authority) -> None:
    host = MxHost(tls=authority.issue("mx1.acme.example").context(), later_pause=20)
    seen = await only(host, authority, total=1.0, reply_timeout=10.0)
    assert seen.state == "answered"
    assert seen.tls is not None
    assert [(v.offered, v.reason) for v in seen.versions] == [
        (None, "not tried in time"),
        (None, "not tried in time"),
        (None, "not tried in time"),
        (True, ""),
    ]
