# ruff: noqa: E501 (octets of messages)
"""Whole messages, damaged and generated, from octets to the rendered report: no exceptions but our own.

MAILPROOF_FUZZ=10000 runs that many. Past crashes: test_fuzz_crashes.py.
"""

from __future__ import annotations

import os
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproof.errors import MailproofError
from tests.fuzz.targets import KEY, RECORDS, verify
from tests.support.dkim import MESSAGE, craft, seal

EXAMPLES = int(os.environ.get("MAILPROOF_FUZZ", "60"))
TRACE = (
    b"Return-Path: <ann@acme.example>\r\n"
    b"Received: from mail.acme.example (mail.acme.example [192.0.2.1]) by mx.dest.example with ESMTPS id 1;\r\n"
    b"\tMon, 23 Nov 2026 11:59:01 +0000\r\n"
    b"Authentication-Results: mx.dest.example; spf=pass smtp.mailfrom=acme.example; dkim=pass header.d=acme.example\r\n"
)
BASE = TRACE + seal(craft(craft(MESSAGE, t=1, x=9_999_999_999), "rsa2048", l=20), "list.example", "none")
PIECES = (
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"From: ", b"From: a@b@c\r\n", b"Subject: =?utf-8?q?=?=\r\n",
    b"DKIM-Signature: ", b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from; bh=AA==; b=AA==\r\n",
    b"ARC-Seal: i=51; cv=pass\r\n", b"ARC-Message-Signature: i=1\r\n", b"ARC-Authentication-Results: i=1\r\n",
    b"Received: from [::1] by ; \r\n", b"Received:\r\n", b"Authentication-Results: (((\r\n", b"\xff\xfe", b"\xef\xbb\xbf",
    b"Content-Type: multipart/mixed; boundary=\"\"\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b--",
    b"--", b"--b", b"=3D", b"=", b"\xc3\xbc", b"\xff", b"x" * 1200, b"From ann Mon Nov 23 11:59:00 2026\n", b">From ",
    b"l=0;", b"l=99999999999999999999;", b"h=;", b"c=simple/simple;", b"i=2;", b"b=;", b"List-Id: <x>\r\n",
    b"Received-SPF: pass (x) client-ip=::1\r\n", b"X-Spam-Status: Yes, score=\r\n", b"To: group:;\r\n",
)  # fmt: skip
EDIT = st.tuples(
    st.integers(0, len(BASE)), st.integers(0, 60), st.sampled_from(PIECES) | st.binary(max_size=8)
)
TEXTS = st.sampled_from(
    (
        KEY,
        "",
        "v=DKIM1; p=",
        "v=spf1 include:acme.example",
        "v=spf1 exists:%{i}.x -all",
        "v=DMARC1; p=",
        "\xff",
        ";",
    )
) | st.text(max_size=30)


def run(raw: bytes, records: dict[str, str]) -> None:
    with suppress(MailproofError):
        verify(raw, records)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_damaged_messages(edits: list[tuple[int, int, bytes]]) -> None:
    raw = BASE
    for at, cut, put in edits:
        raw = raw[:at] + put + raw[at + cut :]
    run(raw, RECORDS)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=40).map(b"".join))
def test_made_up_messages(raw: bytes) -> None:
    run(raw, RECORDS)
    run(b"From: a@acme.example\r\n" + raw, RECORDS)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=len(RECORDS), max_size=len(RECORDS)))
def test_any_records(texts: list[str]) -> None:
    run(BASE, dict(zip(RECORDS, texts, strict=True)))


@settings(max_examples=max(10, EXAMPLES // 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    piece=st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(b"".join), times=st.integers(50, 3000)
)
def test_what_repeats_takes_bounded_time(piece: bytes, times: int) -> None:
    run(TRACE + (piece * times)[:300_000] + BASE, RECORDS)
    run(BASE + (piece * times)[:300_000], RECORDS)
