# ruff: noqa: E501 (header fields are written in one line)
"""Reports that receivers send about mail: recognised as such, and not checked as mail."""

from __future__ import annotations

import pytest

from mailproof.render.verdict import verdict
from tests.rules.generate_failures import GOOD
from tests.support.engine import verify_async
from tests.support.resolvers import FailingResolver, zone

TRACE = (
    "Return-Path: <reports@mail.example>\nReceived: from out.mail.example (out.mail.example [198.51.100.7]) by "
    "mx.acme.example (Postfix) with ESMTPS id 1; Sun, 01 Nov 2026 12:00:00 +0000\n"
    "From: reports@mail.example\nTo: dmarc@acme.example\nMIME-Version: 1.0\n"
)


def attached(media_type: str, name: str, subject: str = "x") -> str:
    return (
        f'{TRACE}Subject: {subject}\nContent-Type: {media_type};\n\tname="{name}"\nContent-Disposition: attachment\n'
        "Content-Transfer-Encoding: base64\n\nUEsDBAoAAAAIAA==\n"
    )


def feedback(fields: str, kind: str = "feedback-report") -> str:
    return (
        f'{TRACE}Subject: x\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n\n--b\n\nHello\n--b\n'
        f"Content-Type: message/feedback-report\n\n{fields}\n--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\n\n"
        "--b--\n"
    )


_TLS = "TLS-Report-Domain: acme.example\nTLS-Report-Submitter: mail.example\n"
_ABUSE = "Feedback-Type: abuse\nVersion: 1\nReported-Domain: acme.example\n"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (attached("application/zip", "mail.example!acme.example!1793491200!1793577599.zip"),
         "an aggregate DMARC report of mail.example about acme.example"),
        (attached("application/octet-stream", "Mail.example!acme.example!1793491200!1793577599!7.xml.gz"),
         "an aggregate DMARC report of mail.example about acme.example"),
        (attached("application/gzip", "r.gz", "Report Domain: acme.example Submitter: mail.example Report-ID: <7>"),
         "an aggregate DMARC report of mail.example about acme.example"),
        (feedback(_ABUSE), "a report of a complaint: a recipient marked mail of acme.example as spam"),
        (feedback("Feedback-Type: auth-failure\nOriginal-Mail-From: <a@acme.example>\n"),
         "a report that mail of acme.example failed authentication where it arrived"),
        (feedback("Feedback-Type: other\nReported-Domain: \x1b[31m\n"), "a feedback report on mail"),
        (attached("application/tlsrpt+gzip", "mail.example!acme.example!1793491200!1793577599!001.json.gz"),
         "a TLS report (TLS-RPT) of mail.example about acme.example"),
        (_TLS + feedback("", '"tlsrpt"'), "a TLS report (TLS-RPT) of mail.example about acme.example"),
    ],
    ids=["zip", "gzip", "by its subject", "complaint", "failure", "hostile", "TLS by its file", "TLS"],
)  # fmt: skip
async def test_a_report_is_not_checked_as_mail(raw: str, kind: str) -> None:
    report = await verify_async(raw.encode(), resolver=zone(GOOD))
    assert report.facts.message is not None
    assert report.facts.message.report == kind
    assert {each.status for each in report.outcomes} == {"skipped"}
    assert (report.facts.message.receivers, report.score.grade) == ((), None)
    assert verdict(report)[:2] == ("pass", f"This has the form of {kind}; it is not checked as mail")
    assert not report.incomplete


async def test_a_report_in_the_name_of_another_is_checked() -> None:
    """The format of a report does not exempt a message from the checks."""
    raw = feedback(_ABUSE).replace("reports@mail.example", "reports@acme.example")
    report = await verify_async(raw.encode(), resolver=zone(GOOD))
    assert "AUTH014" in {each.rule for each in report.findings}
    assert verdict(report)[:2] == (
        "fail",
        "This claims to be a report of a complaint: a recipient marked mail of acme.example as spam, but DMARC "
        "fails for acme.example",
    )


async def test_a_report_that_dmarc_cannot_be_evaluated_for_is_checked() -> None:
    """It may be forged; so may one without a From header field."""
    report = await verify_async(
        feedback(_ABUSE).encode(),
        resolver=FailingResolver(zone(GOOD), {("_dmarc.mail.example", "TXT"): "servfail"}),
    )
    assert {each.status for each in report.outcomes} > {"skipped"}
    assert verdict(report)[0] == "fail"
    report = await verify_async(
        feedback(_ABUSE).replace("From: ", "X-From: ", 1).encode(), resolver=zone(GOOD)
    )
    assert "MSG001" in {each.rule for each in report.findings}


@pytest.mark.parametrize(
    "raw",
    [
        attached("application/zip", "invoice!.zip"),
        attached("image/png", "r.png", "Report Domain: acme.example Submitter: mail.example"),
        feedback(_ABUSE).replace("multipart/report", "multipart/mixed"),
    ],
    ids=["another file", "another subject", "another message"],
)
async def test_other_mail_is_checked(raw: str) -> None:
    report = await verify_async(raw.encode(), resolver=zone(GOOD))
    assert report.facts.message is not None
    assert report.facts.message.report == ""
    assert "AUTH012" in {each.rule for each in report.findings}
