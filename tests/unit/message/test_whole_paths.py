# ruff: noqa: E501 (headers are quoted as they are)
"""Paths built hop by hop, of which the truth is known: the handover, whose results are trusted, what is open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.facts.message import collect_message
from mailproof.message.border import Border, find_border
from mailproof.message.comparison import Verdicts, compare
from mailproof.message.envelope import find_envelope
from mailproof.message.reader import read
from mailproof.message.senders import no_reverse_name
from mailproof.model import DkimVerdict, Envelope, MessageFacts
from mailproof.records.received import parse_received
from tests.rules.message_parts import FOOTER, PASSES, compose, deliver, seal, sign, zone
from tests.support.dkim import MESSAGE, craft
from tests.support.resolvers import zone as resolver
from tests.unit.message.test_message_rules import outcome, told, verified

D = "Wed, 25 Nov 2026 12:00:00 +0000"
HOP = f"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test (Postfix) with ESMTPS id 1 for <bob@rcpt.test>; {D}\n"
REINJECTED = (
    f"Received: from localhost (localhost [127.0.0.1]) by mx.rcpt.test (Postfix) with ESMTP id 2; {D}\n"
)
FILTERED = f"Received: from mx.rcpt.test ([127.0.0.1]) by localhost (mx.rcpt.test [127.0.0.1]) (amavis, port 10024) with ESMTP id 3; {D}\n"
DKIM = "Authentication-Results: mx.rcpt.test; dkim=pass header.d=acme.example\n"
DMARC = "Authentication-Results: mx.rcpt.test; dmarc=pass header.from=acme.example\n"
SPF = "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=alice@acme.example\n"
EXCHANGE = "with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20"


def border_of(head: str) -> tuple[Border, Envelope]:
    message = read(f"{head.strip()}\nFrom: a@acme.example\n\nx\n".encode())
    border = find_border(message)
    return border, find_envelope(message, border)


async def collect(raw: bytes) -> MessageFacts:
    return await collect_message(raw, resolver(zone()), now=datetime(2026, 12, 24, 12, tzinfo=UTC))


def test_a_milter_below_a_content_filter_is_not_forged() -> None:
    """OpenDKIM when it came in, and amavis when it was reinjected: both in the server's name."""
    border, _ = border_of(REINJECTED + DKIM + FILTERED + HOP + DMARC + DKIM)
    assert [each.trusted for each in border.results] == [True, True, False]
    assert not any(each.forged for each in border.results)


def test_a_policy_server_above_and_milters_below() -> None:
    border, _ = border_of(SPF + HOP + DMARC + DKIM)
    assert [(each.trusted, each.forged) for each in border.results] == [(True, False)] * 3
    assert len(border.doubtful) == 2
    border, _ = border_of(SPF + DKIM + HOP + DKIM)
    assert [(each.trusted, each.forged) for each in border.results] == [(True, False)] * 2 + [(False, True)]


PROXIED = f"Received: from mx.fwd.test ({{}} [10.0.0.1]) by mx.rcpt.test (Postfix) with ESMTPS id 1; {D}\n"
FORWARDED = f"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.fwd.test with ESMTPS id 9; {D}\nAuthentication-Results: mx.fwd.test; spf=pass smtp.mailfrom=alice@acme.example\n"


@pytest.mark.parametrize("proxy", ["proxy.rcpt.test", "unknown"])
def test_behind_a_proxy_the_next_server_is_not_the_receiver(proxy: str) -> None:
    border, envelope = border_of(PROXIED.format(proxy) + FORWARDED)
    assert (border.trust, envelope.ip) == ("mx.rcpt.test", "")
    assert "from the internal address 10.0.0.1, which hides the client" in envelope.origin
    assert not border.results[0].trusted


@pytest.mark.parametrize(
    ("relay", "by"),
    [
        ("mx1.rcpt.test", "mx1.rcpt.test"),
        ("gw.corp.test", "gw.corp.test"),
        ("unknown", "gw.corp.local"),
        ("unknown", "mx.rcpt.example"),
    ],
)
def test_a_relay_with_an_internal_address_is_the_receiver(relay: str, by: str) -> None:
    _, envelope = border_of(PROXIED.format(relay) + FORWARDED.replace("mx.fwd.test", by))
    assert envelope.ip == "192.0.2.10"


FETCHED = {
    "fetchmail": f"Received: from laptop.lan (localhost [127.0.0.1]) by laptop.lan (Postfix) with ESMTP id 8; {D}\nReceived: from pop.rcpt.test [203.0.113.20] by laptop.lan with IMAP (fetchmail-6.4.37); {D}\n",
    "Gmail": f"Delivered-To: bob@gmail.com\nReceived: by 2002:a05:6402:1::1 with SMTP id y1; {D}\nReceived: from pop.rcpt.test [203.0.113.20] by mx.google.com with POP3; {D}\n",
}
MICROSOFT = f"Authentication-Results: spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=acme.example; dmarc=pass action=none header.from=acme.example\nReceived: from mail.acme.example (192.0.2.10) by DB5.mail.protection.outlook.com (10.1.1.1) {EXCHANGE}; {D}\nReturn-Path: alice@acme.example\n"


@pytest.mark.parametrize("by", FETCHED)
def test_results_outlast_a_later_fetch_from_the_mailbox(by: str) -> None:
    border, envelope = border_of(FETCHED[by] + MICROSOFT)
    assert (envelope.ip, envelope.mail_from) == ("192.0.2.10", "alice@acme.example")
    assert border.results[0].trusted


def test_a_fetch_below_a_hop_from_elsewhere_is_forged() -> None:
    forged = f"Received: from pop.rcpt.test [203.0.113.20] by mx.rcpt.test with POP3; {D}\n"
    _, envelope = border_of(HOP.replace("192.0.2.10", "203.0.113.66") + forged + MICROSOFT)
    assert envelope.ip == "203.0.113.66"


def test_no_return_path_from_results_that_a_sender_may_have_written() -> None:
    border, envelope = border_of(HOP + SPF)
    assert border.doubtful
    assert envelope.mail_from is None


@pytest.mark.parametrize(
    ("line", "path"),
    [("alice@acme.example", "alice@acme.example"), ("-", None), ("alice", None), ("MAILER-DAEMON", "")],
)
def test_the_line_of_an_mbox_may_name_no_address(line: str, path: str | None) -> None:
    message = read(f"From {line} Wed Nov 25 12:00:05 2026\n{HOP}From: a@acme.example\n\nx\n".encode())
    assert find_envelope(message, find_border(message)).mail_from == path


def test_unknown_without_a_signature_is_none() -> None:
    border, _ = border_of(
        "Authentication-Results: mx.rcpt.test; dkim=unknown; dkim=fail header.d=acme.example\n" + HOP
    )
    unsigned, removed = compare(border.results, Verdicts())[0].methods
    assert (unsigned.ours, unsigned.agrees) == ("none", True)
    assert (removed.ours, removed.agrees) == ("none", False)


def test_a_signing_time_after_the_arrival_explains_a_refusal() -> None:
    verdict = DkimVerdict("pass", "acme.example", "s1", notes=("future-timestamp",))
    border, _ = border_of(DKIM.replace("pass", "fail") + HOP)
    (method,) = compare(border.results, Verdicts(dkim=(verdict,)))[0].methods
    assert method.agrees is False
    assert "its signing time (t=) is after it arrived" in method.note


async def test_a_chain_that_a_known_receiver_sealed_is_open_on_a_changed_copy() -> None:
    """Above the hop of another host, the set may be a forwarder's, of a message saved before the next hop."""
    sealed = seal(sign(compose()))
    head, _, rest = sealed.partition(b"DKIM-Signature")
    above = head + deliver(b"DKIM-Signature" + rest + FOOTER, results=())
    by_google = above.replace(b"mx.rcpt.test", b"mx.google.com")
    below = deliver(sealed + FOOTER, results=())
    for octets, result in ((by_google, "neutral"), (above, "fail"), (below, "fail")):
        facts = await collect(octets)
        assert facts.arc is not None
        assert facts.arc.result == result


async def test_a_chain_is_open_where_a_signature_was_seen_to_pass() -> None:
    facts = await collect(deliver(seal(sign(compose())) + FOOTER, results=PASSES))
    assert facts.arc is not None
    assert (facts.arc.result, facts.arc.code) == ("neutral", "changed-since")


def test_coremail_looks_no_name_up() -> None:
    hop = "from mail.acme.example (unknown [192.0.2.10]) by gzga-mx-1 ({}) with SMTP id 1; " + D
    assert no_reverse_name(parse_received(hop.format("Postfix")))
    assert not no_reverse_name(parse_received(hop.format("Coremail")))


SPF_FAILS = {("acme.example", "TXT"): "servfail"}


async def test_unsigned_is_no_error_where_spf_could_not_be_checked() -> None:
    ((severity, message),) = told(await verified(MESSAGE, ip="192.0.2.10", failures=SPF_FAILS), "AUTH012")
    assert (severity, "DMARC could not be checked" in message) == ("warning", True)


async def test_whether_forwarding_broke_is_open_where_spf_could_not_be_checked() -> None:
    forwarded = b"X-Forwarded-To: bob@rcpt.test\r\n" + craft(MESSAGE)
    assert outcome(await verified(forwarded), "AUTH009").status == "warn"
    assert outcome(await verified(forwarded, failures=SPF_FAILS), "AUTH009").status == "unknown"


async def test_forwarding_shows_though_only_results_name_the_client() -> None:
    """The hop that accepted it from outside is not known: its server is named in another way above."""
    trace = (
        "Return-Path: <alice@acme.example>\n"
        "Received-SPF: fail client-ip=203.0.113.9; helo=mx.fwd.test; envelope-from=alice@acme.example\n"
        f"Received: from WEB1 by mx.rcpt.test with ESMTP id 1; {D}\n"
        f"Received: from mx.fwd.test (mx.fwd.test [203.0.113.9]) by front.rcpt.test with ESMTPS id 2; {D}\n"
        f"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.fwd.test with ESMTPS id 3; {D}\n"
    )
    facts = await collect(trace.replace("\n", "\r\n").encode() + sign(compose()))
    assert (facts.envelope.ip, facts.handover) == ("203.0.113.9", None)
    assert any("mx.fwd.test accepted it from 192.0.2.10" in each for each in facts.forwarding)
