"""The types as a consumer sees them: checked by mypy in ``./run check``, never run."""

from __future__ import annotations

from typing import assert_type

import mailproof
from mailproof.dns import LiveResolver, SnapshotResolver, ZoneResolver
from mailproof.model import Report


async def consume() -> None:
    report = mailproof.audit("acme.example", ZoneResolver.from_text("", origin="."))
    for finding in report.findings:
        print(finding.rule.upper(), finding.severity.value, finding.message)
    assert_type(report.score.grade, str | None)
    assert_type(mailproof.check_host("192.0.2.1", "a@acme.example", "mail.acme.example").lookups, int)
    other = await mailproof.verify_async(b"From: a@b.example", resolver=LiveResolver(timeout=1.0))
    assert_type(other, Report)
    mailproof.audit("acme.example", SnapshotResolver.load("dns.json"))
    mailproof.audit(7)  # type: ignore[arg-type] # an error, or mypy says that the comment is not needed
