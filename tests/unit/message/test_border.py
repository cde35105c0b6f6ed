# ruff: noqa: E501 (headers are quoted as they are)
"""The trust boundary, the handover and the envelope, in the header orders of real receivers."""

from __future__ import annotations

import pytest

from mailproof.message.border import Border, find_border
from mailproof.message.envelope import find_envelope
from mailproof.message.hosts import is_private, related
from mailproof.message.reader import read
from mailproof.model import Envelope

D = "Sun, 01 Nov 2026 11:59:02 +0000"
TAIL = "From: Alice <alice@acme.example>\nSubject: x\n\nbody\n"


def border_of(head: str, trust: str | None = None) -> tuple[Border, Envelope]:
    message = read((head + TAIL).encode())
    border = find_border(message, trust)
    return border, find_envelope(message, border)


def test_postfix_results_above_received() -> None:
    border, envelope = border_of(
        "Return-Path: <alice@acme.example>\n"
        "Received: from localhost (localhost [127.0.0.1]) by box.rcpt.test (Dovecot) with LMTP id 1; "
        + D
        + "\n"
        "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=alice@acme.example\n"
        "Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test with ESMTPS id 2; "
        + D
        + "\n"
        "Received: from laptop (unknown [198.51.100.99]) by mail.acme.example with ESMTPSA id 3; " + D + "\n"
    )
    assert border.trust == "box.rcpt.test" or border.trust == "mx.rcpt.test"
    assert envelope.ip == "192.0.2.10"
    assert envelope.helo == "mail.acme.example"
    assert envelope.mail_from == "alice@acme.example"
    assert "Received header of mx.rcpt.test" in envelope.origin
    assert "Return-Path" in envelope.origin
    assert [hop.internal for hop in border.hops] == [True, False, False]
    assert [hop.handover for hop in border.hops] == [False, True, False]
    assert [result.trusted for result in border.results] == [True]


def test_gmail_results_below_its_own_received() -> None:
    border, envelope = border_of(
        "Delivered-To: bob@rcpt.test\n"
        "Received: by 2002:a05:6520:1:b0:2 with SMTP id abc; " + D + "\n"
        "X-Received: by 2002:a05:1; " + D + "\n"
        "Return-Path: <alice@acme.example>\n"
        "Received: from mail.acme.example (mail.acme.example. [192.0.2.10]) by mx.google.test (Postfix) with ESMTPS id x; "
        + D
        + "\n"
        "Received-SPF: pass (google.test: ok) client-ip=192.0.2.10;\n"
        "Authentication-Results: mx.google.test; spf=pass smtp.mailfrom=alice@acme.example\n"
        "DKIM-Signature: v=1\n"
        "Authentication-Results: mx.google.test; spf=pass smtp.mailfrom=bank.test\n"
        "Authentication-Results: mx.google.test; dkim=pass header.d=acme.example\n"
    )
    assert border.trust == "mx.google.test"
    assert envelope.ip == "192.0.2.10"
    # The receiving server's SPF result is here; its DKIM result may be elsewhere.
    assert [(r.trusted, r.forged) for r in border.results] == [(True, False), (False, True), (False, False)]


def test_results_below_are_forged_where_the_border_writes_above() -> None:
    border, _ = border_of(
        "Authentication-Results: mx.rcpt.test; spf=fail smtp.mailfrom=a@acme.example\n"
        "Received: from x.test (x.test [192.0.2.10]) by mx.rcpt.test with ESMTPS id x; " + D + "\n"
        "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=a@acme.example\n"
        "Authentication-Results: relay.x.test; spf=pass smtp.mailfrom=a@acme.example\n"
    )
    assert [(r.trusted, r.forged) for r in border.results] == [(True, False), (False, True), (False, False)]


def test_microsoft_results_without_authserv_id_and_internal_hops() -> None:
    border, envelope = border_of(
        "Received: from DB8.prod.outlook.test (2001:db8:a6::1) by AM0.prod.outlook.test with Microsoft SMTP Server id 1; "
        + D
        + "\n"
        "Authentication-Results: spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=acme.example; dkim=pass header.d=acme.example\n"
        "Received-SPF: Pass (protection.outlook.test: ok) receiver=protection.outlook.test; client-ip=192.0.2.10; helo=mail.acme.example;\n"
        "Received: from mail.acme.example (192.0.2.10) by DB8.mail.protection.outlook.test (10.1.1.1) with Microsoft SMTP Server id 2; "
        + D
        + "\n"
        "X-MS-Exchange-Organization-AuthSource: DB8.mail.protection.outlook.test\n"
    )
    assert envelope.ip == "192.0.2.10"
    assert border.results[0].trusted
    assert envelope.mail_from == "postmaster@acme.example"


@pytest.mark.parametrize(
    "client",
    [
        "mx.rcpt.test (unknown [203.0.113.66]) by mx.rcpt.test (Postfix)",
        "mx2.rcpt.test ([203.0.113.66]) by mx.rcpt.test",
        "mx.rcpt.test (203.0.113.66) by mx.rcpt.test (Haraka)",
    ],
)
def test_a_client_that_calls_itself_as_the_receiver_is_outside(client: str) -> None:
    """Results that it adds in the receiver's name are not trusted."""
    border, envelope = border_of(
        f"Received: from {client} with ESMTP id x; {D}\n"
        f"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test with ESMTPS id y; {D}\n"
        "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=acme.example\n"
    )
    assert envelope.ip == "203.0.113.66"
    assert [result.trusted for result in border.results] == [False]


def test_a_gateway_of_the_same_domain_before_exchange_is_trusted_where_it_is_given() -> None:
    raw = (
        f"Received: from gw.rcpt.test (203.0.113.66) by ex1.rcpt.test (10.1.1.1) with Microsoft SMTP Server id 2; {D}\n"
        f"Authentication-Results: gw.rcpt.test; spf=pass smtp.mailfrom=acme.example\n"
        f"Received: from mail.acme.example ([192.0.2.10]) by gw.rcpt.test with ESMTP id 1; {D}\n"
        f"X-MS-Exchange-Organization-AuthSource: ex1.rcpt.test\n"
    )
    for trust, ip in ((None, "203.0.113.66"), ("gw.rcpt.test", "192.0.2.10")):
        border, envelope = border_of(raw, trust)
        assert envelope.ip == ip
        assert [result.trusted for result in border.results] == [ip == "192.0.2.10"]


@pytest.mark.parametrize(
    ("source", "ip"),
    [("ex1.rcpt.test", "203.0.113.66"), ("", "203.0.113.66"), ("edge.rcpt.test", "192.0.2.10")],
)
def test_exchange_says_which_of_its_servers_had_the_message_first(source: str, ip: str) -> None:
    """It does not look up names: a client that uses the name of one of them may be one."""
    border, envelope = border_of(
        f"Received: from edge.rcpt.test (203.0.113.66) by ex1.rcpt.test (10.1.1.1) with Microsoft SMTP Server id 2; {D}\n"
        f"Authentication-Results: spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=acme.example\n"
        f"Received: from mail.acme.example (192.0.2.10) by edge.rcpt.test (10.1.1.2) with Microsoft SMTP Server id 1; {D}\n"
        f"X-MS-Exchange-Organization-AuthSource: {source}\n"
    )
    assert envelope.ip == ip
    assert [result.trusted for result in border.results] == [ip == "192.0.2.10"]


def test_a_forged_hop_below_the_handover_is_not_believed() -> None:
    _, envelope = border_of(
        "Received: from mx.rcpt.test (evil.test [203.0.113.66]) by mx.rcpt.test with ESMTP id x; " + D + "\n"
        "Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test with ESMTPS id y; "
        + D
        + "\n"
    )
    assert envelope.ip == "203.0.113.66"


def test_trust_as_given_decides_whose_results_count() -> None:
    head = (
        "Authentication-Results: filter.test; spf=pass smtp.mailfrom=a@acme.example\n"
        "Received: from x.test (x.test [192.0.2.10]) by mx.rcpt.test with ESMTPS id x; " + D + "\n"
    )
    assert not border_of(head)[0].results[0].trusted
    assert border_of(head, "filter.test")[0].results[0].trusted


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", "no Received header"),
        ("Received: from x.test by mx.rcpt.test; " + D + "\n", "does not name the address"),
        ("Received: from a (a [10.0.0.1]) by mx.rcpt.test; " + D + "\n", "none names an outside address"),
        ("Received: from a (a [192.0.2.1]) by mx.rcpt.test with ESMTPSA id 1; " + D + "\n", "signed in"),
    ],
)
def test_where_the_address_cannot_be_told_the_reason_is(head: str, reason: str) -> None:
    _, envelope = border_of(head)
    assert envelope.ip == ""
    assert reason in envelope.origin
    assert envelope.mail_from is None
    assert "no return path" in envelope.origin


def test_received_spf_tells_the_envelope_where_received_does_not() -> None:
    _, envelope = border_of(
        "Received-SPF: pass (x) client-ip=192.0.2.10; envelope-from=a@acme.example; helo=mail.acme.example\n"
    )
    assert envelope == Envelope("192.0.2.10", "mail.acme.example", "a@acme.example", envelope.origin)


def test_return_path_of_exim_mbox_and_null() -> None:
    exim = (
        "Received: from x ([192.0.2.1]) by mx.rcpt.test with esmtps (envelope-from <a@acme.example>) id 1; "
        + D
        + "\n"
    )
    assert border_of(exim)[1].mail_from == "a@acme.example"
    assert border_of("From a@acme.example Mon Nov 23 10:00:00 2026\n")[1].mail_from == "a@acme.example"
    assert border_of("Return-Path: <>\n")[1].mail_from == ""


def test_options_override_the_message() -> None:
    message = read(("Return-Path: <x@y.test>\n" + TAIL).encode())
    envelope = find_envelope(
        message, find_border(message), ip="192.0.2.9", helo="h.test", mail_from="<a@b.test>"
    )
    assert (envelope.ip, envelope.helo, envelope.mail_from) == ("192.0.2.9", "h.test", "a@b.test")
    assert envelope.origin == "address and HELO as given; return path as given"


def test_related_hosts_and_private_addresses() -> None:
    assert related("mx1.rcpt.test", "rcpt.test")
    assert related("a.mx.co.uk", "b.mx.co.uk")
    assert not related("a.co.uk", "b.co.uk")
    assert related("mx1.web.de", "mx2.web.de")
    assert related("mx1.abc.ch", "mail.abc.ch")
    assert not related("", "")
    assert not related("192.0.2.1", "192.0.2.1.evil")
    assert is_private("10.1.2.3")
    assert is_private("fe80::1")
    assert not is_private("192.0.2.1")
    assert not is_private("2001:db8::1")
    assert not is_private("nonsense")


def test_a_return_path_that_the_sender_wrote_is_not_believed() -> None:
    received = "Received: from x.test (x.test [192.0.2.10]) by mx.rcpt.test with ESMTPS id x; " + D + "\n"
    results = "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=a@acme.example\n"
    _, envelope = border_of(results + received + "Return-Path: <forged@bank.test>\n")
    assert envelope.mail_from == "a@acme.example"
    _, bare = border_of(received + "Subject: y\nReturn-Path: <odd@acme.example>\n")
    assert bare.mail_from is None
    assert "nothing shows that the receiving server wrote" in bare.origin
    _, travelled_not = border_of("Subject: y\nReturn-Path: <odd@acme.example>\n")
    assert travelled_not.mail_from == "odd@acme.example"


@pytest.mark.parametrize(
    "suffix",
    ["dyndns.org", "duckdns.org", "myds.me", "com.br", "ddnss.de", "eu-west-1.compute.amazonaws.com"],
)
def test_names_of_different_owners_under_one_suffix_are_not_related(suffix: str) -> None:
    """The receiver's results count, and the sender's host is outside."""
    assert related(f"a.mx.{suffix}", f"b.mx.{suffix}")
    border, envelope = border_of(
        f"Received: from mail.{suffix} (mail.{suffix} [192.0.2.10]) by mx.{suffix} with ESMTPS id 2; {D}\n"
        f"Received: from pc (unknown [198.51.100.99]) by mail.{suffix} with ESMTP id 3; {D}\n"
        f"Authentication-Results: mail.{suffix}; spf=pass smtp.mailfrom=acme.example\n"
    )
    assert envelope.ip == "192.0.2.10"
    assert [result.trusted for result in border.results] == [False]


def test_a_related_name_below_is_untrusted_but_not_called_forged() -> None:
    border, _ = border_of(
        "Authentication-Results: mx.acme.example; spf=pass smtp.mailfrom=a@acme.example\n"
        "Received: from out.acme.example (out.acme.example [192.0.2.10]) by mx.acme.example with ESMTPS id x; "
        + D
        + "\n"
        "Subject: y\n"
        "Authentication-Results: out.acme.example; auth=pass smtp.auth=alice\n"
    )
    assert [(r.trusted, r.forged) for r in border.results] == [(True, False), (False, False)]


def test_the_border_is_found_under_a_filter_of_another_name() -> None:
    border, _ = border_of(
        "Authentication-Results: filter.internal.test; none\n"
        "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=a@acme.example\n"
        "Received: from x.test (x.test [192.0.2.10]) by mx.rcpt.test with ESMTPS id x; " + D + "\n"
    )
    assert border.trust == "mx.rcpt.test"
    assert [r.trusted for r in border.results] == [False, True]


def test_an_export_that_groups_has_no_hop_below_the_results() -> None:
    border, _ = border_of(
        "Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by p00-icloudmta-smtpin-us-west-3a-10"
        " (Postfix) with ESMTPS id 1; " + D + "\n"
        "Authentication-Results: spf.icloud.com; spf=pass smtp.mailfrom=a@acme.example\n"
        "Received: from laptop (unknown [10.0.0.7]) by mail.acme.example with ESMTPSA id 3; " + D + "\n"
        "Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=bank.example\n"
    )
    assert [each.trusted for each in border.results] == [True, False]


OWN = (
    "Received: from printer (203.0.113.9) by AS8PR08MB3333.eurprd08.{} (2603:10a6:20b:1::1) with Microsoft SMTP Server"
    " (version=TLS1_2) id 15.20.9678.18; " + D + "\n"
)
INTERNAL = "X-MS-Exchange-Organization-AuthAs: Internal\n"
FAILED = "Authentication-Results: spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=acme.example\n"


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        (OWN.format("prod.outlook.com") + INTERNAL, True),
        (OWN.format("prod.outlook.com"), False),
        (OWN.format("prod.outlook.com") + INTERNAL.replace("Internal", "Anonymous"), False),
        (OWN.format("mail.protection.outlook.com") + INTERNAL, False),
        (FAILED + OWN.format("prod.outlook.com") + INTERNAL, False),
    ],
)
def test_a_client_that_signed_in_to_exchange_online_is_no_outside_server(head: str, inside: bool) -> None:
    border, envelope = border_of(head)
    assert border.inside == inside
    assert envelope.ip == ("" if inside else "203.0.113.9")
