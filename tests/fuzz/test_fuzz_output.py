# ruff: noqa: E501 (octets of messages)
"""Rendered hostile input contains nothing that a terminal, an image viewer or an editor would interpret.

No control character (C0, DEL, C1), nothing that reorders or hides text, no escape sequence but those of our own
colours: from header fields, bodies, records, attachments' names, bounces, logs, filters, banners, file names.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproof.errors import MailproofError
from mailproof.explain import explain_text
from mailproof.model import (
    BounceFacts,
    Change,
    ComparisonFacts,
    DeliveryFacts,
    Report,
    RetrievalFacts,
    SmtpSubmission,
    SubmissionStage,
    TlsFacts,
)
from mailproof.render.formats import FORMATS
from mailproof.render.look import SCREEN, Look
from mailproof.render.text import render_text
from mailproof.render.text.explanation import render_explanation
from mailproof.structs import replace
from tests.conformance.txt_resolver import TxtResolver
from tests.fuzz.targets import RECORDS
from tests.support.dkim import NOW
from tests.support.engine import verify_async

EXAMPLES = int(os.environ.get("MAILPROOF_FUZZ", "15"))
#: Rich's colours and styles: only Select Graphic Rendition.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ATTACKS = (
    "\x1b[31m", "\x1b]0;title\x07", "\x1b]8;;https://evil.test\x1b\\", "\x1b[2J", "\x9b31m", "\x9d0;t\x9c", "\x90q\x9c",
    "\x00", "\x07", "\x08", "\x0b", "\x0c", "\x0e", "\x7f", "\x85", "\u202e", "\u2066", "\u2069", "\u200b", "\u200f",
    "\ufeff", "\u2028", "\u2029", "\u061c", "\u00ad", "\U000e0041", "\ud800", "\r", "\n", "\r\n ", "\t", "[red]", "[/]",
    "[link=https://evil.test]x[/link]", "<script>", "]]>", "&#27;", "=?utf-8?b?G1szMW0=?=", "=?utf-8?q?=E2=80=AE?=",
    "=?iso-8859-1?q?=9B31m?=", "=cmd()", "\"", "'", ";", "(", "<a@b.example>",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=4), min_size=1, max_size=6).map("".join)
FIELDS = (
    "From: {0} <a@acme.example>", "Subject: {0}", "Message-ID: <{0}@x>", "Date: {0}", "Return-Path: <{0}@acme.example>",
    "Received: from {0} ({0} [192.0.2.1]) by mx.dest.example ({0}) with ESMTPS id {0}; Mon, 23 Nov 2026 11:59:01 +0000",
    "Authentication-Results: mx.dest.example; spf=pass ({0}) smtp.mailfrom={0}; dkim=fail reason=\"{0}\" header.d={0}",
    "Received-SPF: pass ({0}) client-ip={0}", "DKIM-Signature: v=1; a=rsa-sha256; d={0}; s={0}; h=from:{0}; bh=AA==; b=AA==",
    "ARC-Seal: i=1; a=rsa-sha256; d={0}; s={0}; cv=none; b=AA==", "List-Unsubscribe: <https://{0}>", "Reply-To: {0}@b.test",
    "X-Spam-Status: Yes, score=9 tests={0}", "X-Spamd-Result: default: False [9.0 / 5.0]; {0}(1.0)[{0}]",
    "X-Forefront-Antispam-Report: SCL:9;CAT:{0};SFV:{0}", "X-{0}: {0}", "Content-Type: multipart/mixed; boundary={0}",
)  # fmt: skip
BODY = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=\"{0}\"\r\n"
    "\r\n<a href=\"https://evil.test/{0}\">bank.test</a>{0}\r\n--b\r\nContent-Type: application/{0}\r\n"
    "Content-Disposition: attachment; filename=\"{0}.exe\"\r\nContent-Transfer-Encoding: {0}\r\n\r\nx\r\n--b--\r\n"
)  # fmt: skip


def offending(text: str) -> list[str]:
    """Characters that must not be output: all control and format characters except line ends."""
    hidden = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return [f"{char!r} in {text[max(0, at - 40) : at + 10]!r}" for at, char in enumerate(text)
            if char != "\n" and unicodedata.category(char) in hidden]  # fmt: skip


def octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def look_at(report: Report) -> None:
    """Render the report in all formats and check the output."""
    plain = render_text(report, SCREEN._replace(width=100, verbose=1))
    assert offending(plain) == []
    coloured = render_text(report, SCREEN._replace(width=100, color=True, verbose=1))
    assert offending(COLOUR.sub("", coloured)) == []
    assert [line.rstrip() for line in COLOUR.sub("", coloured).split("\n")] == [
        line.rstrip() for line in plain.split("\n")
    ]
    shown = {form.name: form.render((report,), Look()) for form in FORMATS if form.name != "text"}
    assert not {name: found for name, text in shown.items() if (found := offending(text))}
    json.loads(shown["json"])
    root = ElementTree.fromstring(shown["svg"])
    names = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert names <= {"svg", "style", "defs", "clipPath", "rect", "g", "text", "circle", "line"}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile=st.lists(HOSTILE, min_size=len(FIELDS), max_size=len(FIELDS)), body=HOSTILE, record=HOSTILE)
def test_a_hostile_message(hostile: list[str], body: str, record: str) -> None:
    lines = [field.format(text) for field, text in zip(FIELDS, hostile, strict=True)]
    raw = octets("\r\n".join(lines) + "\r\n" + BODY.format(body))
    texts = {
        name: f"{text} {record}".encode("utf-8", "replace").decode() for name, text in RECORDS.items()
    } | {"s._domainkey.acme.example": "v=DKIM1; p=x"}
    try:
        report = asyncio.run(verify_async(raw, resolver=TxtResolver(texts), now=NOW, source=hostile[0]))
    except MailproofError as error:
        del error
        return
    look_at(report)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=HOSTILE)
def test_a_hostile_bounce(text: str) -> None:
    said = f"host mx.dest.example[192.0.2.1] said: 550 5.7.26 {text} Unauthenticated email from {text}acme.example"
    explanation = explain_text(said)
    assert offending(render_explanation(explanation, {})) == []
    shown = COLOUR.sub("", render_explanation(explanation, {}, SCREEN._replace(color=True)))
    assert offending(shown) == []


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=HOSTILE)
def test_a_hostile_server(text: str) -> None:
    stage = SubmissionStage(
        "greeting", False, code=550, enhanced="5.7.1", text=text, reason=text, meaning=text
    )
    tls = TlsFacts(version=text, cipher=text)
    submission = SmtpSubmission(
        text, 25, security="plain", stages=(stage,), greeting=text, ehlo_name=text, extensions=(text,), queue_id=text,
        dialogue=(f"S: {text}", f"C: {text}"), deferrals=(stage,), auth_offered=(text,), tls=tls,
    )  # fmt: skip
    bounce = BounceFacts(action=text, status="5.7.1", diagnostic=text, remote_mta=text, recipient=text)
    retrieval = RetrievalFacts("imap", text, "bounced", text, labels=(text,), bounce=bounce, reason=text)
    change = Change("body", text, "changed", text, text, text)
    delivery = DeliveryFacts(
        text, text, text, text, text, text, submission=submission, retrieval=retrieval,
        comparison=ComparisonFacts((change,), False),
    )  # fmt: skip
    report = asyncio.run(verify_async(b"From: a@acme.example\r\n\r\nx", resolver=TxtResolver({}), now=NOW))
    report = replace(report, subject=text, facts=replace(report.facts, delivery=delivery))
    look_at(report)


#: Attacks with a line end get a subject each; otherwise they would hide what follows.
TOGETHER = tuple(each for each in ATTACKS if "\r" not in each and "\n" not in each)
SUBJECTS = (
    *("y".join(TOGETHER[number : number + 8]) for number in range(0, len(TOGETHER), 8)),
    *(each for each in ATTACKS if each not in TOGETHER),
)


@pytest.mark.parametrize("attack", SUBJECTS)
def test_each_attack_in_the_subject(attack: str) -> None:
    raw = octets(f"From: a@acme.example\r\nSubject: x{attack}y\r\n\r\nx\r\n")
    report = asyncio.run(verify_async(raw, resolver=TxtResolver(RECORDS), now=NOW, source=f"x{attack}y.eml"))
    look_at(report)
