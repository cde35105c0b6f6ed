# ruff: noqa: E501 (headers are quoted as they are)
"""The handover and the trusted results, in complete header sections as large receivers write them."""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.facts.message import collect_message
from mailproof.message.border import Border, find_border
from mailproof.message.comparison import Verdicts, compare
from mailproof.message.envelope import find_envelope
from mailproof.message.hosts import related
from mailproof.message.reader import read
from mailproof.model import ArcSet, ArcVerdict, DkimVerdict, Envelope, SpfVerdict
from tests.support.resolvers import zone

DATE = "Sun, 01 Nov 2026 11:59:02 +0000"
EXCHANGE = "with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20"


def border_of(head: str, trust: str | None = None) -> tuple[Border, Envelope]:
    message = read(f"{head.strip()}\nFrom: a@acme.example\n\nx\n".encode())
    border = find_border(message, trust)
    return border, find_envelope(message, border)


MICROSOFT = f"""
Received: from DB9PR04MB1.eurprd04.prod.outlook.com (2603:10a6:10:1::7) by VI1PR04MB5.eurprd04.prod.outlook.com with HTTPS; {DATE}
Received: from DU2PR04CA1.eurprd04.prod.outlook.com (2603:10a6:10:3b::6) by DB9PR04MB1.eurprd04.prod.outlook.com (2603:10a6:10:1::7) {EXCHANGE}; {DATE}
Received: from DB5EUR02FT0.eop-EUR02.prod.protection.outlook.com (2603:10a6:10:3b:cafe::12) by DU2PR04CA1.outlook.office365.com (2603:10a6:10:3b::6) {EXCHANGE} via Frontend Transport; {DATE}
Authentication-Results: spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=acme.example; dkim=pass (signature was verified) header.d=acme.example;dmarc=pass action=none header.from=acme.example;compauth=pass reason=100
Received-SPF: Pass (protection.outlook.com: domain of acme.example designates 192.0.2.10 as permitted sender) receiver=protection.outlook.com; client-ip=192.0.2.10; helo=mail.acme.example; pr=C
Received: from mail.acme.example (192.0.2.10) by DB5EUR02FT0.mail.protection.outlook.com (10.13.55.123) {EXCHANGE} via Frontend Transport; {DATE}
Subject: written by the sender
Return-Path: alice@acme.example
X-Forefront-Antispam-Report: CIP:192.0.2.10;SCL:1;SFV:NSPM;CAT:NONE
"""


def test_microsoft_365() -> None:
    border, envelope = border_of(MICROSOFT)
    assert (envelope.ip, envelope.helo) == ("192.0.2.10", "mail.acme.example")
    assert envelope.mail_from == "alice@acme.example"
    assert [hop.internal for hop in border.hops] == [True, True, True, False]
    assert [each.trusted for each in (*border.results, *border.others)] == [True, True]


def test_microsoft_appends_its_own_fields_at_the_end() -> None:
    border, _ = border_of(MICROSOFT)
    assert border.wrote(99, "x-forefront-antispam-report")
    assert border.wrote(99, "x-ms-exchange-organization-scl")
    assert not border.wrote(99, "x-forefront-antispam-report-untrusted")
    assert not border.wrote(99, "authentication-results")
    elsewhere, _ = border_of(
        f"Received: from x.test (x.test [192.0.2.1]) by mx.test with ESMTPS id 1; {DATE}"
    )
    assert not elsewhere.wrote(99, "x-forefront-antispam-report")


async def test_microsoft_filters_at_the_end_are_its_own() -> None:
    raw = f"{MICROSOFT.strip()}\nX-Spam-Flag: NO\nFrom: a@acme.example\n\nx\n".encode()
    facts = await collect_message(raw, zone(""), now=datetime(2026, 11, 1, 12, tzinfo=UTC))
    assert [(each.header, each.trusted) for each in facts.filters] == [
        ("X-Forefront-Antispam-Report", True),
        ("X-Spam-Flag", False),
    ]


def test_yahoo_names_its_hosts_by_addresses() -> None:
    border, envelope = border_of(f"""
Return-Path: <alice@acme.example>
Authentication-Results: atlas-production.v2-mail.omega.yahoo.com; dkim=pass header.i=@acme.example header.s=s1; spf=pass smtp.mailfrom=acme.example
Received: from 192.0.2.10 (EHLO mail.acme.example) by 10.197.38.85 with SMTPs (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256); {DATE}
Authentication-Results: atlas-production.v2-mail.omega.yahoo.com; dkim=pass header.i=@bank.test
""")
    assert (envelope.ip, envelope.helo) == ("192.0.2.10", "mail.acme.example")
    assert border.trust == "atlas-production.v2-mail.omega.yahoo.com"
    assert [(each.trusted, each.forged) for each in border.results] == [(True, False), (False, True)]


APPLE = f"""
Received: from p00-icloudmta-smtpin-us-west-2a-60-percent-1 by p121-mailgateway-smtp-58bf (mailgateway 2430B20) with SMTP id 1234 for <bob@icloud.com>; {DATE}
Authentication-Results: arc.icloud.com; arc=none
Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=acme.example
Authentication-Results: spf.icloud.com; spf=pass (spf.icloud.com: domain of alice@acme.example designates 192.0.2.10 as permitted sender) smtp.mailfrom=alice@acme.example
Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by p00-icloudmta-smtpin-us-west-2a-60-percent-1 (Postfix) with ESMTPS id 1 for <bob@icloud.com>; {DATE}
"""


def test_apple_names_its_hosts_without_a_domain() -> None:
    border, envelope = border_of(APPLE)
    assert envelope.ip == "192.0.2.10"
    assert envelope.mail_from == "alice@acme.example"
    assert [each.trusted for each in border.results] == [True, True, True]


def test_a_name_without_a_domain_that_no_older_hop_has_is_outside() -> None:
    _, envelope = border_of(
        f"Received: from WEB1 by mx.rcpt.test with ESMTP id 1; {DATE}\n"
        f"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by relay.test with ESMTP id 2; {DATE}\n"
    )
    assert envelope.ip == ""
    assert "WEB1 does not name the address" in envelope.origin


def test_trust_as_given_moves_the_handover_to_that_gateway() -> None:
    head = f"""
Authentication-Results: spf=softfail (sender IP is 203.0.113.1) smtp.mailfrom=acme.example
Received: from mx0a-1.pphosted.com (203.0.113.1) by DB5.mail.protection.outlook.com (10.1.1.1) {EXCHANGE}; {DATE}
Received: from pps.filterd (m1.ppops.net [127.0.0.1]) by mx0a-1.pphosted.com (8.18.1.2/8.18.1.2) with ESMTP id 3A1; {DATE}
Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx0a-1.pphosted.com (PPS) with ESMTPS id 3u1; {DATE}
"""
    assert border_of(head)[1].ip == "203.0.113.1"
    border, envelope = border_of(head, "mx0a-1.pphosted.com")
    assert envelope.ip == "192.0.2.10"
    assert [hop.internal for hop in border.hops] == [True, True, False]
    assert border_of(head, "nobody.test")[1].ip == "203.0.113.1"


def test_results_that_software_put_aside_are_shown_and_not_trusted() -> None:
    border, _ = border_of(
        "Authentication-Results-Original: ppops.net; spf=pass smtp.mailfrom=a@acme.example\n"
        f"Received: from x.test (x.test [192.0.2.1]) by mx.rcpt.test with ESMTPS id 1; {DATE}\n"
    )
    assert [(each.header, each.trusted) for each in border.others] == [
        ("Authentication-Results-Original", False)
    ]


def test_hosts_of_one_operator_belong_together() -> None:
    assert related("DU2.outlook.office365.com", "DB9.prod.outlook.com")
    assert related("microsoft.com", "AM0.eurprd04.prod.outlook.com")
    assert not related("outlook.com.evil.test", "outlook.com")
    assert not related("google.com", "outlook.com")


RESULTS = "Authentication-Results: mx2.messagingengine.com; arc=none (no signatures found)\n"
RECEIVED = f"Received: from x.test (x.test [192.0.2.1]) by mx2.messagingengine.com with ESMTPS id 1; {DATE}\n"


def test_arc_is_compared_as_it_was_before_their_own_seal() -> None:
    border, _ = border_of(RESULTS + RECEIVED)
    own = ArcSet(1, "messagingengine.com", "s", "none", True, True)
    (result,) = compare(border.results, Verdicts(arc=ArcVerdict("pass", 1, sets=(own,))))
    assert (result.methods[0].ours, result.methods[0].agrees) == ("none", True)
    before, later = (
        ArcSet(1, "list.test", "s", "none", True, True),
        ArcSet(2, "messagingengine.com", "s", "pass", True, False),
    )
    passed, _ = border_of(RESULTS.replace("arc=none", "arc=pass") + RECEIVED)
    broken = ArcVerdict("fail", 2, "the body was changed", (before, later))
    (result,) = compare(passed.results, Verdicts(arc=broken))
    assert result.methods[0].agrees is None
    assert "before adding their own seal" in result.methods[0].note
    (result,) = compare(border.results, Verdicts(arc=broken))
    assert result.methods[0].agrees is False


def test_spf_of_another_client_is_not_compared() -> None:
    border, _ = border_of(MICROSOFT)
    judged = compare(
        (*border.results, *border.others), Verdicts(spf=SpfVerdict("fail", "acme.example", "203.0.113.7"))
    )
    for each in judged:
        assert (each.methods[0].agrees, each.methods[0].note) == (
            None,
            "they checked the client 192.0.2.10, we checked 203.0.113.7",
        )


def test_what_an_arc_sealer_saw_is_compared_but_for_spf() -> None:
    border, _ = border_of(
        "ARC-Authentication-Results: i=1; list.test; spf=pass smtp.mailfrom=acme.example; dkim=pass header.d=acme.example\n"
        + RECEIVED
    )
    ours = Verdicts(
        spf=SpfVerdict("fail", "list.test"),
        dkim=(DkimVerdict("fail", "acme.example", "s1", code="body-hash"),),
    )
    spf, dkim = compare(border.others, ours)[0].methods
    assert (spf.ours, spf.agrees) == ("", None)
    assert (dkim.ours, dkim.agrees) == ("fail", False)
    assert "changed after they verified it" in dkim.note
