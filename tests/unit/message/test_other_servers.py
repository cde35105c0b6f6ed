# ruff: noqa: E501 (headers are quoted as they are)
"""Stored messages as chasquid, Sendmail, postsrsd, Mailman on Exim, nullmailer and Haraka really wrote them; names changed."""

from __future__ import annotations

import pytest

from mailproof.message.border import find_border
from mailproof.message.envelope import find_envelope
from mailproof.message.reader import read
from mailproof.model import Envelope
from mailproof.records.received import parse_received

DATE = "Sat, 28 Nov 2026 06:46:50 +0000"
CHASQUID = f"""
Received-SPF: pass (matched ip)
Received: from [192.0.2.25] (mail.acme.example)
	by mx.rcpt.example (chasquid) with ESMTPS
	tls TLS_AES_128_GCM_SHA256
	(over SMTP, TLS-1.3, envelope from "alice@acme.example")
	; {DATE}
"""
SENDMAIL = f"""
Return-Path: <MAILER-DAEMON>
Received: from mail.acme.example (mail.acme.example [192.0.2.25])
	by mx.rcpt.example (8.17.1.9/8.17.1.9/Debian-2+deb12u2) with ESMTP id 6AS6hxTX011735
	for <bob@rcpt.example>; {DATE}
"""
POSTSRSD = f"""
Return-Path: <SRS0=tGgK=JR=acme.example=alice@rcpt.example>
Delivered-To: bob@rcpt.example
Received: from mx.rcpt.example
	by mx.rcpt.example with LMTP
	id SKJLExKACmsRQQAAq+S2BA
	(envelope-from <SRS0=tGgK=JR=acme.example=alice@rcpt.example>)
	for <bob@rcpt.example>; {DATE}
Received: from mail.acme.example (mail.acme.example [192.0.2.25])
	(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
	by mx.rcpt.example (Postfix) with ESMTPS id 289098316
	for <bob@rcpt.example>; {DATE}
"""
MAILMAN = f"""
Return-path: <friends-bounces@lists.rcpt.example>
Envelope-to: bob@rcpt.example
Delivery-date: {DATE}
Authentication-Results: mx.rcpt.example;
	iprev=fail smtp.remote-ip=127.0.0.1;
	dkim=fail (body hash mismatch; body probably modified in transit) header.d=acme.example
Received: from [127.0.0.1] (helo=mx.rcpt.example)
	by mx.rcpt.example with esmtp (Exim 4.96)
	(envelope-from <friends-bounces@lists.rcpt.example>)
	id 1xXCIM-0003gb-0T;
	{DATE}
Authentication-Results: mx.rcpt.example;
	iprev=pass (mail.acme.example) smtp.remote-ip=192.0.2.25;
	dkim=pass header.d=acme.example header.i=@acme.example header.s=s1 header.a=rsa-sha256
Received: from mail.acme.example ([192.0.2.25])
	by mx.rcpt.example with esmtp (Exim 4.96)
	(envelope-from <alice@acme.example>)
	id 1xXCIK-0003gC-0B
	for friends@lists.rcpt.example;
	{DATE}
"""


def envelope_of(head: str, author: str = "alice@acme.example") -> Envelope:
    message = read(f"{head.strip()}\nFrom: {author}\n\nx\n".encode())
    return find_envelope(message, find_border(message, None))


@pytest.mark.parametrize(
    ("head", "mail_from"),
    [
        (CHASQUID, "alice@acme.example"),
        (CHASQUID.replace("alice@acme.example", "<>"), ""),
        (SENDMAIL, ""),
        (POSTSRSD, "alice@acme.example"),
        (
            POSTSRSD.replace("@rcpt.example>", "@forward.example>"),
            "SRS0=tGgK=JR=acme.example=alice@forward.example",
        ),
        (MAILMAN, "alice@acme.example"),  # the list's own return path is younger than the client
        (
            MAILMAN.replace("<friends-bounces@lists.rcpt.example>", "<bob@acme.example>", 1),
            "bob@acme.example",
        ),
    ],
    ids=[
        "chasquid",
        "chasquid, null",
        "Sendmail, null",
        "postsrsd on arrival",
        "SRS of a forwarder",
        "Mailman beside Exim",
        "the same domain",
    ],
)
def test_client_and_return_path_of_the_handover(head: str, mail_from: str) -> None:
    envelope = envelope_of(head)
    assert (envelope.ip, envelope.helo) == ("192.0.2.25", "mail.acme.example")
    assert envelope.mail_from == mail_from


def test_no_server_delivered_what_a_list_beside_the_mailbox_wrote() -> None:
    envelope = envelope_of(MAILMAN, "Alice via Friends <friends@lists.rcpt.example>")
    assert (envelope.ip, envelope.mail_from) == ("", "friends-bounces@lists.rcpt.example")


def test_chasquid_has_no_reverse_name_that_it_verified() -> None:
    hop = parse_received(CHASQUID.strip().partition("\n")[2].removeprefix("Received: "))
    assert (hop.ip, hop.rdns, hop.tls) == ("192.0.2.25", "", "TLSv1.3 TLS_AES_128_GCM_SHA256")


def test_chasquid_hides_the_address_of_who_signed_in() -> None:
    signed_in = CHASQUID.replace("[192.0.2.25] (mail.acme.example)", "laptop.local").replace(
        "ESMTPS", "ESMTPSA"
    )
    assert "submitted by a client that signed in to mx.rcpt.example" in envelope_of(signed_in).origin


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ("(nullmailer pid 14160 invoked by uid 1001)", ""),
        ("(Haraka outbound)", ""),
        ("(qmail 14160 invoked by uid 1001)", ""),
        ("by hand", "it has no valid date"),
        ("nullmailer", "it has neither from nor by"),
    ],
)
def test_a_note_of_the_queue_has_neither_from_nor_by(note: str, problem: str) -> None:
    assert (
        parse_received(f"{note};\n\t{DATE}" if "it has no valid" not in problem else note).problem == problem
    )
