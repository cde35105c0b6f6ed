# ruff: noqa: E501 (octets of messages)
"""Whole messages, damaged and made up, from the octets to the rendered report: no exception but ours.

MAILPROOF_FUZZ=10000 tries that many. What once crashed lies in ``crashes/`` and is tried each time.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproof.engine.verify import verify_async
from mailproof.errors import MailproofError
from mailproof.model import Report
from mailproof.render.json import render_json
from tests.conformance.txt_resolver import TxtResolver
from tests.support.dkim import MESSAGE, NOW, PUBLIC, craft, seal

EXAMPLES = int(os.environ.get("MAILPROOF_FUZZ", "60"))
LIMIT = 5.0
CRASHES = Path(__file__).parent / "crashes"
RULES = Path(__file__).resolve().parents[2] / "rules"
KEY = f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048']}"
GOOD = {
    "s1._domainkey.acme.example": KEY,
    "s1._domainkey.list.example": KEY,
    "acme.example": "v=spf1 ip4:192.0.2.0/24 a mx include:esp.example -all",
    "_dmarc.acme.example": "v=DMARC1; p=reject; rua=mailto:d@acme.example",
}
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


async def judged(raw: bytes, records: dict[str, str]) -> Report:
    report = await verify_async(raw, resolver=TxtResolver(records), now=NOW, ip=None)
    render_json(report)
    return report


def run(raw: bytes, records: dict[str, str]) -> None:
    start = time.process_time()
    try:
        report = asyncio.run(judged(raw, records))
    except MailproofError:
        return
    errors = [(o.check, o.reason) for o in report.outcomes if o.status == "error"]
    assert errors == []
    assert report.facts.message is not None
    assert report.facts.message.failures == ()
    assert time.process_time() - start < LIMIT


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_damaged_messages(edits: list[tuple[int, int, bytes]]) -> None:
    raw = BASE
    for at, cut, put in edits:
        raw = raw[:at] + put + raw[at + cut :]
    run(raw, GOOD)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=40).map(b"".join))
def test_made_up_messages(raw: bytes) -> None:
    run(raw, GOOD)
    run(b"From: a@acme.example\r\n" + raw, GOOD)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=len(GOOD), max_size=len(GOOD)))
def test_any_records(texts: list[str]) -> None:
    run(BASE, dict(zip(GOOD, texts, strict=True)))


@settings(max_examples=max(10, EXAMPLES // 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    piece=st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(b"".join), times=st.integers(50, 3000)
)
def test_what_repeats_takes_bounded_time(piece: bytes, times: int) -> None:
    run(TRACE + (piece * times)[:300_000] + BASE, GOOD)
    run(BASE + (piece * times)[:300_000], GOOD)


@pytest.mark.parametrize("path", sorted(CRASHES.glob("*.eml")), ids=lambda path: path.stem)
def test_what_once_crashed(path: Path) -> None:
    run(path.read_bytes(), GOOD)
