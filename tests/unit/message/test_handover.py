# ruff: noqa: E501 (headers are quoted as they are)
"""Misleading Received chains: borrowed names, hosts of one site, one organization, gateways."""

from __future__ import annotations

import pytest

from mailproof.message.border import Border, find_border
from mailproof.message.envelope import find_envelope
from mailproof.message.reader import read
from mailproof.model import Envelope

D = "Wed, 25 Nov 2026 12:00:00 +0000"
EX = "with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20"
INNER = f"Received: from X.prod.outlook.com (2603:10b6::1) by Y.prod.outlook.com (2603:10b6::2) {EX}; {D}\n"
MAPI = f"Received: from X.prod.outlook.com ([fe80::1]) by X.prod.outlook.com ([fe80::1%4]) with mapi id 15.20; {D}\n"
BANK = f"Received: from mail.bank.example (mail.bank.example [192.0.2.66]) by mx.corp.example with ESMTPS id 9; {D}\n"


def border_of(head: str, trust: str | None = None) -> tuple[Border, Envelope]:
    message = read(f"{head.strip()}\nFrom: a@acme.example\n\nx\n".encode())
    border = find_border(message, trust)
    return border, find_envelope(message, border)


@pytest.mark.parametrize(
    ("head", "client"),
    [
        (
            f"{INNER}Received: from foo.prod.outlook.com (203.0.113.66) by DB5.mail.protection.outlook.com (10.1.1.1) {EX} via Frontend Transport; {D}\n{BANK}",
            "203.0.113.66",
        ),
        (
            f"Received: from mail.corp.example (203.0.113.66) by EX02.corp.example (10.0.0.6) {EX}; {D}\n{BANK}",
            "203.0.113.66",
        ),
        (
            f"Received: from EX02.corp.example (192.0.2.6) by EX01.corp.example (192.0.2.5) {EX}; {D}\n"
            f"Received: from mail.acme.example (203.0.113.7) by EX02.corp.example (192.0.2.6) {EX}; {D}",
            "203.0.113.7",
        ),
        (
            f"Authentication-Results: spf=pass (sender IP is 192.0.2.6) smtp.mailfrom=corp.example\n"
            f"Received: from EX02.corp.example (192.0.2.6) by EX01.corp.example (192.0.2.5) {EX}; {D}\n{BANK}",
            "192.0.2.6",
        ),
        (
            f"Authentication-Results: spf=fail (sender IP is 198.51.100.1) smtp.mailfrom=acme.example\n"
            f"Received: from mx0a-1.pphosted.com (198.51.100.1) by DB5.mail.protection.outlook.com (10.1.1.1) {EX}; {D}\n{BANK}",
            "198.51.100.1",
        ),
        (
            f"Received: from EUR05.outbound.protection.outlook.com (2603:10a6::9) by DB5.mail.protection.outlook.com (10.1.1.1) {EX}; {D}\n{MAPI}",
            "2603:10a6::9",
        ),
        (
            f"Received: from X.corp.example ([fe80::2]) by Y.corp.example ([fe80::1%12]) with mapi id 14.3; {D}\n"
            f"Received: from mail.acme.example (203.0.113.7) by X.corp.example (10.0.0.6) {EX}; {D}",
            "203.0.113.7",
        ),
        (f"Received: from EX02.corp.example (nonsense) by EX01.corp.example (999.9) {EX}; {D}", ""),
        (
            f"Received: from [203.0.113.5] (c.isp.example [203.0.113.5]) by webmail.corp.example with HTTP; {D}",
            "",
        ),
    ],
    ids=[
        "microsoft-name",
        "own-name",
        "one-site",
        "one-site-named",
        "gateway",
        "other-tenant",
        "mapi-delivery",
        "no-address",
        "webmail",
    ],
)
def test_the_client(head: str, client: str) -> None:
    assert border_of(head)[1].ip == client


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        (INNER + MAPI, True),
        (MAPI, True),
        (INNER + MAPI + BANK, True),
        (INNER + "X-MS-Exchange-Organization-AuthAs: Internal\n", True),
        (INNER + MAPI + "X-MS-Exchange-Organization-AuthAs: Anonymous\n", False),
        (INNER, False),
        (
            f"Received: by mx.corp.example (Postfix) id 1; {D}\nX-MS-Exchange-Organization-AuthAs: Internal\n",
            False,
        ),
        ("X-MS-Exchange-Organization-AuthAs: Internal\n", False),
    ],
)
def test_what_never_left_one_organization(head: str, inside: bool) -> None:
    border, envelope = border_of(head)
    assert border.inside is inside
    assert envelope.ip == ""


def test_a_client_below_the_received_field_of_any_server_is_in_doubt() -> None:
    hop = f"Received: from x.test (x.test [192.0.2.1]) by mx.rcpt.test (Postfix) with ESMTPS id 1; {D}\n"
    named = "Authentication-Results: mx.rcpt.test; spf=pass smtp.remote-ip={} smtp.mailfrom=acme.example\n"
    _, same = border_of(hop + named.format("192.0.2.1"))
    assert same.ip == "192.0.2.1"
    _, other = border_of(hop + named.format("203.0.113.9"))
    assert other.ip == ""
    assert "isn't clear which server wrote that field" in other.origin
    _, above = border_of(named.format("203.0.113.9") + hop)
    assert above.ip == "203.0.113.9"
    assert "the receiving server checked (it accepted the message from 192.0.2.1)" in above.origin


def test_results_below_other_servers_are_neither_trusted_nor_forged() -> None:
    hop = f"Received: from x.test (x.test [192.0.2.1]) by mx.rcpt.test with ESMTPS id 1; {D}\n"
    results = "Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=acme.example\n"
    border, _ = border_of(hop + results)
    assert [(each.trusted, each.forged) for each in border.results] == [(False, False)]
    assert [each.trusted for each in border_of(hop + results, "mx.rcpt.test")[0].results] == [True]


@pytest.mark.parametrize(
    ("results", "path", "right"),
    [
        ("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.example", "b@acme.example", "b@acme.example"),
        (
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.example",
            "b@bank.example",
            "postmaster@acme.example",
        ),
        ("spf=none (sender IP is 192.0.2.1) smtp.helo=x.acme.example", "<>", ""),
        ("spf=none (sender IP is 192.0.2.1) smtp.helo=x.acme.example", "b@bank.example", None),
        ("dkim=none header.d=none", "b@bank.example", None),
        (
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=müller.example",
            "b@xn--mller-kva.example",
            "b@xn--mller-kva.example",
        ),
    ],
)
def test_the_return_path_below_exchange_has_to_agree(results: str, path: str, right: str | None) -> None:
    _, envelope = border_of(
        f"Authentication-Results: {results}\n"
        f"Received: from x.acme.example (192.0.2.1) by DB5.mail.protection.outlook.com (10.1.1.1) {EX}; {D}\n"
        f"Subject: x\nReturn-Path: {path}\n"
    )
    assert envelope.mail_from == right


def test_who_signed_in_to_the_senders_server_did_not_sign_in_here() -> None:
    border, envelope = border_of(
        f"Received: from mail.acme.example (proxy.corp.example [10.0.0.7]) by mx.corp.example with ESMTPS id 1; {D}\n"
        f"Received: from [10.0.0.2] (c.isp.example [203.0.113.5]) by mail.acme.example with ESMTPSA id 2; {D}"
    )
    assert (border.submitted, border.handover, envelope.ip) == (False, None, "")
    assert "from the internal address 10.0.0.7, which hides the client" in border.reason
