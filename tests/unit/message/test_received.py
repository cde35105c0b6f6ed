# ruff: noqa: E501 (headers are quoted as they are)
"""Received headers as real servers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.model import ReceivedHop
from mailproof.records.dates import parse_date
from mailproof.records.received import MAX_HOPS, chain, parse_received

DATE = "; Mon, 23 Nov 2026 10:00:00 +0000 (UTC)"
AES = "TLS_AES_256_GCM_SHA384"

FORMS = {
    "postfix": (
        "from mail.acme.example (host.acme.example [192.0.2.10]) (using TLSv1.3 with cipher "
        f"{AES} (256/256 bits) key-exchange X25519) (No client certificate requested)"
        " by mx.rcpt.test (Postfix) with ESMTPS id 4XyZ for <bob@rcpt.test>",
        ReceivedHop(
            "mail.acme.example", "192.0.2.10", "mx.rcpt.test", "ESMTPS", f"TLSv1.3 {AES}",
            helo="mail.acme.example", rdns="host.acme.example", queue_id="4XyZ", for_="bob@rcpt.test",
        ),
    ),
    "postfix IPv6, no reverse name": (
        "from foo (unknown [IPv6:2001:db8::1]) (Authenticated sender: x) by mx.rcpt.test (Postfix) with ESMTPSA id 4X",
        ReceivedHop("foo", "2001:db8::1", "mx.rcpt.test", "ESMTPSA", "TLS", helo="foo", queue_id="4X"),
    ),
    "postfix local": (
        "by mail.acme.example (Postfix, from userid 33) id ABC",
        ReceivedHop(by="mail.acme.example", queue_id="ABC"),
    ),
    "postfix HELO literal": (
        "from [10.0.0.5] (unknown [192.0.2.10]) by mx.rcpt.test (Postfix) with ESMTP id 4X",
        ReceivedHop("[10.0.0.5]", "192.0.2.10", "mx.rcpt.test", "ESMTP", helo="[10.0.0.5]", queue_id="4X"),
    ),
    "exim": (
        f"from [192.0.2.10] (helo=mail.acme.example) by mx.rcpt.test with esmtps (TLS1.3) tls {AES} (Exim 4.96)"
        " (envelope-from <a@acme.example>) id 1abc-000 for bob@rcpt.test",
        ReceivedHop(
            "[192.0.2.10]", "192.0.2.10", "mx.rcpt.test", "esmtps", f"TLSv1.3 {AES}",
            helo="mail.acme.example", queue_id="1abc-000", for_="bob@rcpt.test",
        ),
    ),
    "exim with port and HELO": (
        "from host.acme.example ([192.0.2.10]:4567 helo=[10.0.0.1]) by mx.rcpt.test with esmtpsa "
        "(TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256) (Exim 4.92) id 1",
        ReceivedHop(
            "host.acme.example", "192.0.2.10", "mx.rcpt.test", "esmtpsa",
            "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384",
            helo="[10.0.0.1]", rdns="host.acme.example", queue_id="1",
        ),
    ),
    "sendmail": (
        "from mail.acme.example (host.acme.example [192.0.2.10] (may be forged)) by mx.rcpt.test (8.15.2/8.15.2)"
        f" with ESMTPS id x (version=TLSv1.3 cipher={AES} bits=256 verify=NO) for <x@rcpt.test>",
        ReceivedHop(
            "mail.acme.example", "192.0.2.10", "mx.rcpt.test", "ESMTPS", f"TLSv1.3 {AES}",
            helo="mail.acme.example", rdns="host.acme.example", queue_id="x", for_="x@rcpt.test",
        ),
    ),
    "smtpfwdd": (
        "from host.acme.example(192.0.2.10) via SMTP by mx.rcpt.test, id smtpdEDUB8h",
        ReceivedHop(
            "host.acme.example", "192.0.2.10", "mx.rcpt.test", "SMTP",
            helo="host.acme.example", queue_id="smtpdEDUB8h",
        ),
    ),
    "qmail": (
        "from unknown (HELO mail.acme.example) (192.0.2.10) by mx.rcpt.test with SMTP",
        ReceivedHop("unknown", "192.0.2.10", "mx.rcpt.test", "SMTP", helo="mail.acme.example"),
    ),
    "qmail with TLS": (
        "from host.acme.example (HELO mail.acme.example) ([192.0.2.3]) (envelope-sender <q@w.test>) by mx.rcpt.test"
        " (qmail-ldap-1.03) with (AES256-SHA encrypted) SMTP for <r@rcpt.test>",
        ReceivedHop(
            "host.acme.example", "192.0.2.3", "mx.rcpt.test", "SMTP", "TLS AES256-SHA",
            helo="mail.acme.example", rdns="host.acme.example", for_="r@rcpt.test",
        ),
    ),
    "exchange": (
        "from AM0.prod.outlook.test (2001:db8:a6::1) by DB.outlook.test (2001:db8:a6::2) with Microsoft SMTP Server"
        " (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.1.5 via Frontend Transport",
        ReceivedHop(
            "AM0.prod.outlook.test", "2001:db8:a6::1", "DB.outlook.test", "Microsoft SMTP Server",
            "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", helo="AM0.prod.outlook.test", queue_id="15.20.1.5",
        ),
    ),
    "gmail": (
        "from mail.acme.example (host.acme.example. [192.0.2.10]) by mx.google.test with ESMTPS id abc si123"
        f" for <x@g.test> (version=TLS1_3 cipher={AES} bits=256/256)",
        ReceivedHop(
            "mail.acme.example", "192.0.2.10", "mx.google.test", "ESMTPS", f"TLSv1.3 {AES}",
            helo="mail.acme.example", rdns="host.acme.example", queue_id="abc", for_="x@g.test",
        ),
    ),
    "gmail inside": (
        "by 2002:a05:6520:1:b0:2 with SMTP id abc",
        ReceivedHop(by="2002:a05:6520:1:b0:2", with_="SMTP", queue_id="abc"),
    ),
    "amazon ses": (
        "from a8-60.smtp-out.ses.test (a8-60.smtp-out.ses.test. [203.0.113.60]) by mx.rcpt.test with ESMTPS id b",
        ReceivedHop(
            "a8-60.smtp-out.ses.test", "203.0.113.60", "mx.rcpt.test", "ESMTPS", "TLS",
            helo="a8-60.smtp-out.ses.test", rdns="a8-60.smtp-out.ses.test", queue_id="b",
        ),
    ),
    "sendgrid": (
        "from MTIzNDU2 (unknown) by geopod-ismtpd-0 (SG) with ESMTP id abc for <x@rcpt.test>",
        ReceivedHop("MTIzNDU2", "", "geopod-ismtpd-0", "ESMTP", helo="MTIzNDU2", queue_id="abc", for_="x@rcpt.test"),
    ),
    "mailgun": ("by luna.mailgun.test with HTTP", ReceivedHop(by="luna.mailgun.test", with_="HTTP")),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_real_forms(form: str) -> None:
    value, expected = FORMS[form]
    hop = parse_received(value + DATE)
    for name in ("from_", "ip", "by", "with_", "tls", "helo", "rdns", "queue_id", "for_"):
        assert getattr(hop, name) == getattr(expected, name), name
    assert hop.timestamp == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert not hop.problem
    assert hop.raw == value + DATE


def test_qmail_queue_line_is_no_fault() -> None:
    assert not parse_received("(qmail 1234 invoked from network); 23 Nov 2026 10:00:00 -0000").problem


def test_sendgrid_date_without_semicolon() -> None:
    hop = parse_received("by filter1.sendgrid.test with SMTP id f1 2026-11-23 10:00:00.123 +0000 UTC m=+1")
    assert hop.timestamp == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "nonsense", "from ((((((", "from a by b", "; ; ;", "from by for with"])
def test_malformed_are_kept_as_evidence(value: str) -> None:
    hop = parse_received(value)
    assert hop.problem
    assert hop.raw == value


def test_chain_counts_delays_and_skips_undated_hops() -> None:
    hops = chain(
        [
            "from b by c; Mon, 23 Nov 2026 10:00:30 +0000",
            "from x by b",
            "from a by b; Mon, 23 Nov 2026 12:00:10 +0200",
            "from z by a; Mon, 23 Nov 2026 10:00:15 +0000",
        ]
    )
    assert [hop.delay_s for hop in hops] == [20, None, -5, None]


def test_chain_is_bounded() -> None:
    assert len(chain(["from a by b" + DATE] * 1000)) == MAX_HOPS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 Jan 26 00:00:00 GMT", datetime(2026, 1, 1, tzinfo=UTC)),
        ("1 Jan 99 00:00 EST", datetime(1999, 1, 1, 5, tzinfo=UTC)),
        ("Mon, 31 Dec 2026 23:59:60 -0000", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Fri, 15 Jun 2026 11:05:04\r\n\t        -0400", datetime(2026, 6, 15, 15, 5, 4, tzinfo=UTC)),
        ("31 Feb 2026 00:00:00 +0000", None),
        ("1 Foo 2026 00:00:00 +0000", None),
        ("1 Jan 2026 00:00:00 +9999", datetime(2026, 1, 1, tzinfo=UTC)),
        ("", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "value",
    ["(" * 1_000_000, "from [" * 200_000, "from a (" + "1." * 500_000, ":" * 1_000_000, "helo " * 200_000],
    ids=["comments", "literals", "digits", "colons", "helo"],
)
def test_hostile_values_take_bounded_time(value: str) -> None:
    parse_received(value)
    parse_received(f"from x ({value}) by y")


@given(st.text(max_size=200))
def test_nothing_raises(text: str) -> None:
    assert parse_received(text).raw == text
    assert parse_received(f"from {text} by mx.test ({text}; {text}").by is not None
    parse_date(text)
