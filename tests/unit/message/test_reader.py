"""Parsing a message once: the fields below each position, and where parsing stops."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from types import FrameType

from mailproof.facts.message import collect_message
from mailproof.message.forensics import explain_failures
from mailproof.message.parts import decoded
from mailproof.message.reader import MAX_OTHERS, MAX_RESULTS, MAX_SIGNATURES, read
from mailproof.model import DkimVerdict
from mailproof.records.message import MAX_FIELDS, first_value, split_fields
from mailproof.records.received import MAX_HOPS
from tests.support.resolvers import zone

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MESSAGE = b"""\
Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=acme.example
Received-SPF: pass (acme.example designates 192.0.2.10) client-ip=192.0.2.10; helo=mail.acme.example
X-Spam-Flag: YES
Received: from mail.acme.example ([192.0.2.10]) by mx.rcpt.test with ESMTPS; Sun, 1 Nov 2026 11:00:05 +0000
ARC-Seal: i=1; a=rsa-sha256; cv=none; d=list.test; s=s; b=AAAA
ARC-Message-Signature: i=1; a=rsa-sha256; d=list.test; s=s; h=from; bh=AAAA; b=AAAA
ARC-Authentication-Results: i=1; list.test; dkim=pass header.d=acme.example
X-Authentication-Results: old.test; dkim=fail
Received: from a.acme.example by mail.acme.example with ESMTP; Sun, 1 Nov 2026 11:00:00 +0000
DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from; bh=AAAA; b=BBBB
From: Alice <alice@acme.example>

Hello
"""
#: The parsers of whole header fields.
PARSERS = (
    "parse_message",
    "parse_received",
    "parse_authentication_results",
    "parse_received_spf",
    "parse_dkim_signature",
    "find_parts",
)


def test_each_field_stands_under_its_place() -> None:
    message = read(MESSAGE)
    assert list(message.results) == [0]
    assert {place: each.header for place, each in message.others.items()} == {
        1: "Received-SPF",
        6: "ARC-Authentication-Results",
        7: "X-Authentication-Results",
    }
    assert message.filters[2].judgement == "spam"
    assert [(place, hop.by, hop.delay_s) for place, hop in message.received.items()] == [
        (3, "mx.rcpt.test", 5.0),
        (8, "mail.acme.example", None),
    ]
    assert {place: (each.instance, each.signature is None) for place, each in message.arc.items()} == {
        4: (1, False),
        5: (1, False),
        6: (1, True),
    }
    assert message.arc[6].results is message.others[6]
    assert message.signatures[9].selector == "s1"
    assert message.author.domains == ("acme.example",)
    assert [part.media_type for part in message.parts] == ["text/plain"]


def test_more_fields_than_anybody_writes_are_not_read() -> None:
    field = b"%b: i=1; x.test; spf=pass\r\n"
    many = {
        "results": (b"Authentication-Results", MAX_RESULTS),
        "others": (b"ARC-Authentication-Results", MAX_OTHERS),
        "signatures": (b"DKIM-Signature", MAX_SIGNATURES),
        "received": (b"Received", MAX_HOPS),
    }
    for name, (header, limit) in many.items():
        message = read(field % header * (limit + 5) + b"From: a@acme.example\r\n\r\n")
        assert len(getattr(message, name)) == limit, name
    arc = read(field % b"ARC-Authentication-Results" * (MAX_OTHERS + 5) + b"From: a@acme.example\r\n\r\n").arc
    assert len(arc) == MAX_OTHERS + 5  # a chain is evaluated as a whole


async def test_a_verification_parses_no_field_twice() -> None:
    called: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name in PARSERS:
            called[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        facts = await collect_message(MESSAGE, zone(""), now=NOW)
    finally:
        sys.setprofile(None)
    assert facts.dkim
    assert facts.arc is not None
    assert called == {
        "parse_message": 1,
        "parse_received": 2,
        "parse_authentication_results": 3,
        "parse_received_spf": 1,
        "parse_dkim_signature": 3,
        "find_parts": 1,
    }


def test_where_nothing_failed_there_is_nothing_to_explain() -> None:
    verdicts = (DkimVerdict("pass", "acme.example", "s1", code="pass"),)
    assert explain_failures(read(MESSAGE), verdicts) is verdicts


def test_fields_where_nothing_is_judged() -> None:
    fields, body = split_fields(
        b"To: a@b.test,\n  c@d.test\nno field\n more of it\nSubject : x\r\n\n\nbody\n"
    )
    assert [(each.key, each.value) for each in fields] == [("to", "a@b.test,  c@d.test"), ("subject", "x")]
    assert all(each.raw.endswith(b"\r\n") for each in fields)
    assert body == b"\nbody\n"
    assert first_value(fields, "subject") == "x"
    assert first_value(fields, "from") == ""
    assert split_fields(b"To: a@b.test") == (fields[:0] + split_fields(b"To: a@b.test\r\n")[0], b"")
    assert split_fields(b"\r\nTo: a@b.test\r\n\r\n") == ((), b"To: a@b.test\r\n\r\n")
    assert len(split_fields(b"A: b\n" * (MAX_FIELDS + 5))[0]) == MAX_FIELDS


def test_a_part_that_cannot_be_decoded_stays_as_it_stands() -> None:
    assert decoded(b"SGk=", "base64") == b"Hi"
    assert decoded(b"SGk", "base64") == b"SGk"
    assert decoded(b"a=3Db=\r\nc", "quoted-printable") == b"a=bc"
    assert decoded(b"a=3D", "8bit") == b"a=3D"
