# ruff: noqa: E501 (hops as they are written)
"""Hybrid Exchange: on-premises servers and Exchange Online of one organization relay mail to each other."""

from __future__ import annotations

import pytest

from mailproof.message.border import Border, find_border
from mailproof.message.envelope import find_envelope
from mailproof.message.reader import read

_SMTP = "with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.2; Wed, 25 Nov 2026 12:00:09 +0000\n"
_FROM_ONLINE = f"Received: from EUR05-AM6-obe.outbound.protection.outlook.com (203.0.113.100) by EX01.corp.acme.example (10.1.2.3) {_SMTP}"
_ONLINE = f"Received: from DB9PR08MB1.eurprd08.prod.outlook.com (2603:10a6:10:2ce::12) by AM6PR08MB1.eurprd08.prod.outlook.com (2603:10a6:20b:1::1) {_SMTP}"
_MAPI_ONLINE = "Received: from DB9PR08MB1.eurprd08.prod.outlook.com ([fe80::1]) by DB9PR08MB1.eurprd08.prod.outlook.com ([fe80::1%4]) with mapi id 15.20; Wed, 25 Nov 2026 12:00:03 +0000\n"
_RESULTS = "Authentication-Results: spf=pass (sender IP is 192.0.2.25) smtp.mailfrom=other.example; dkim=none (message not signed) header.d=none; dmarc=pass action=none header.from=other.example\n"
_AT_ONLINE = f"Received: from {{}} by DB5EUR01FT1.mail.protection.outlook.com (10.152.4.1) {_SMTP}"
_OWN = f"Received: from EX01.corp.acme.example (10.1.2.3) by EX02.corp.acme.example (10.1.2.4) {_SMTP}"
_MAPI_OWN = "Received: from EX01.corp.acme.example ([fe80::1]) by EX01.corp.acme.example ([fe80::1%3]) with mapi id 15.02; Wed, 25 Nov 2026 12:00:03 +0000\n"
_SOURCE = "X-MS-Exchange-Organization-AuthSource: DB5EUR01FT1.eop-EUR01.prod.protection.outlook.com\n"
_INTERNAL = "X-MS-Exchange-Organization-AuthAs: Internal\n"
_OWN_HALF = "X-MS-Exchange-CrossTenant-FromEntityHeader: HybridOnPrem\n"


def found(header: str) -> Border:
    return find_border(
        read(f"{header}From: Ada <ada@acme.example>\nReturn-Path: eve@other.example\n\nx\n".encode())
    )


def test_mail_that_exchange_online_took_in_for_a_mailbox_of_ones_own() -> None:
    """Its results count, and the client is the one it names."""
    header = (
        _FROM_ONLINE + _ONLINE + _RESULTS + _AT_ONLINE.format("mail.other.example (192.0.2.25)")
        + _SOURCE + "X-MS-Exchange-Organization-AuthAs: Anonymous\n"
    )  # fmt: skip
    border = found(header)
    assert border.handover is not None
    assert border.handover.ip == "192.0.2.25"
    assert [each.trusted for each in border.results] == [True]
    message = read(f"{header}From: Ada <ada@acme.example>\nReturn-Path: eve@other.example\n\nx\n".encode())
    assert find_envelope(message, border).mail_from == "eve@other.example"


_RELAYED = f"Received: from relay.acme.example (10.1.2.9) by EX01.corp.acme.example (10.1.2.3) {_SMTP}"
_AT_RELAY = "Received: from EUR05-AM6-obe.outbound.protection.outlook.com ({}) by relay.acme.example (Postfix) with ESMTPS id 1; Wed, 25 Nov 2026 12:00:08 +0000\n"


@pytest.mark.parametrize(
    ("name", "ip"),
    [
        ("mail-am6.outbound.protection.outlook.com [203.0.113.100]", "192.0.2.25"),
        ("mail.evil.example [198.51.100.66]", "198.51.100.66"),
        ("unknown [198.51.100.66]", "198.51.100.66"),
    ],
)
def test_a_relay_of_ones_own_between_the_halves(name: str, ip: str) -> None:
    """By the looked-up name: any client can use Microsoft's name in its greeting."""
    border = found(
        _RELAYED + _AT_RELAY.format(name) + _ONLINE + _RESULTS
        + _AT_ONLINE.format("mail.other.example (192.0.2.25)") + _SOURCE
    )  # fmt: skip
    assert border.handover is not None
    assert border.handover.ip == ip
    assert [each.trusted for each in border.results] == [ip == "192.0.2.25"]


_GATEWAY = f"Received: from gw.relay.example (203.0.113.50) by EX01.corp.acme.example (10.1.2.3) {_SMTP}"
_AT_GATEWAY = _AT_RELAY.replace("relay.acme.example", "gw.relay.example")
_BEHIND = "Received: from gw1.relay.example (gw1.relay.example [203.0.113.51]) by gw.relay.example (Postfix) with ESMTPS id 2; Wed, 25 Nov 2026 12:00:08 +0000\n"


@pytest.mark.parametrize(
    "between", [_GATEWAY + _AT_GATEWAY, _OWN + _GATEWAY + _BEHIND + _AT_GATEWAY], ids=["one", "two"]
)
@pytest.mark.parametrize(
    ("name", "source", "ip"),
    [
        ("mail-am6.outbound.protection.outlook.com", _SOURCE, "192.0.2.25"),
        ("mail-am6.outbound.protection.outlook.com", "", "203.0.113.50"),
        ("mail.evil.example", _SOURCE, "203.0.113.50"),
    ],
)
def test_relays_of_another_between_the_halves(between: str, name: str, source: str, ip: str) -> None:
    """Exchange's field shows that the other half had it: the field is removed from external mail."""
    border = found(
        between.format(f"{name} [203.0.113.100]") + _ONLINE + _RESULTS
        + _AT_ONLINE.format("mail.other.example (192.0.2.25)") + source
    )  # fmt: skip
    assert border.handover is not None
    assert border.handover.ip == ip
    assert [each.trusted for each in border.results] == [ip == "192.0.2.25"]


def test_a_relay_of_the_sender_before_exchange_online_is_outside() -> None:
    """The recipient's Exchange Online is the topmost server, and the sender uses Exchange Online too."""
    border = found(
        _AT_ONLINE.format("relay.other.example (192.0.2.25)")
        + _AT_RELAY.format("mail-am6.outbound.protection.outlook.com [203.0.113.100]").replace("acme", "other")
        + _ONLINE + _SOURCE
    )  # fmt: skip
    assert border.handover is not None
    assert border.handover.ip == "192.0.2.25"


@pytest.mark.parametrize("source", ["", "X-MS-Exchange-Organization-AuthSource: EX01.corp.acme.example\n"])
def test_mail_of_another_organization_with_exchange_online_comes_from_outside(source: str) -> None:
    border = found(
        _FROM_ONLINE + _ONLINE + _RESULTS + source + "X-MS-Exchange-Organization-AuthAs: Anonymous\n"
    )
    assert border.handover is not None
    assert border.handover.ip == "203.0.113.100"
    assert [each.trusted for each in border.results] == [False]


@pytest.mark.parametrize(
    "hops",
    [
        _FROM_ONLINE + _ONLINE + _MAPI_ONLINE,
        _AT_ONLINE.format("mail.acme.example (203.0.113.77)") + _OWN + _MAPI_OWN + _OWN_HALF,
        _AT_ONLINE.format("relay.acme.example (203.0.113.77)")
        + "Received: from EX01.corp.acme.example (EX01 [10.1.2.3]) by relay.acme.example (Postfix) with ESMTPS id 1\n"
        + _MAPI_OWN + _OWN_HALF,
        _AT_ONLINE.format("gw.relay.example (203.0.113.50)") + _BEHIND
        + "Received: from EX01.corp.acme.example (ex.acme.example [203.0.113.5]) by gw1.relay.example (Postfix) with ESMTPS id 1\n"
        + _MAPI_OWN + _OWN_HALF,
        _GATEWAY + _AT_GATEWAY.format("mail-am6.outbound.protection.outlook.com [203.0.113.100]") + _ONLINE + _MAPI_ONLINE,
    ],
    ids=["to a mailbox of one's own", "to a mailbox online", "over a relay", "over relays of another", "and back"],
)  # fmt: skip
def test_mail_between_the_halves_never_left_the_organization(hops: str) -> None:
    assert found(hops + _INTERNAL).inside


@pytest.mark.parametrize(
    "field", [_INTERNAL, _OWN_HALF, "X-MS-Exchange-Organization-AuthAs: Anonymous\n" + _OWN_HALF]
)
def test_mail_from_a_server_of_ones_own_that_came_from_outside_did(field: str) -> None:
    border = found(_AT_ONLINE.format("mail.acme.example (203.0.113.77)") + _OWN + field)
    assert border.handover is not None
    assert border.handover.ip == "203.0.113.77"
    assert not border.inside


def test_fields_that_another_server_than_exchange_let_in_prove_nothing() -> None:
    postfix = "Received: from evil.example (evil.example [198.51.100.66]) by mx.acme.example (Postfix) with ESMTPS id 1; Wed, 25 Nov 2026 12:00:09 +0000\n"
    border = found(postfix + _FROM_ONLINE + _ONLINE + _MAPI_ONLINE + _INTERNAL + _OWN_HALF + _SOURCE)
    assert border.handover is not None
    assert border.handover.ip == "198.51.100.66"
