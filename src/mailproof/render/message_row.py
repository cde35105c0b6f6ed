"""One message's report as a row of many."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.model import MessageFacts, Report, Severity
from mailproof.model.bulk import BulkFinding
from mailproof.model.many_messages import MessageRow, SignatureRow
from mailproof.render.json import json_text
from mailproof.render.verdict import verdict

#: Signatures that a row names.
MOST_SIGNATURES = 10
_REASON = 500
#: Best first: one passing signature is enough.
_BEST = ("pass", "temperror", "neutral", "policy", "fail", "permerror", "none")


def row_of(report: Report) -> MessageRow:
    """The row of a report on a message."""
    found = verdict(report)
    severities = [finding.severity for finding in report.findings]
    cause = next(iter(report.causes), None)
    facts = report.facts.message or MessageFacts(source="", size=0)
    return MessageRow(
        source=facts.source,
        verdict=found.status,
        sentence=found.sentence,
        complete=not report.incomplete,
        from_domain=facts.from_domain,
        message_id=facts.message_id[:_REASON],
        spf=facts.spf.result if facts.spf is not None else "",
        dkim=best(each.result for each in facts.dkim),
        dmarc=facts.dmarc.result if facts.dmarc is not None else "",
        signatures=tuple(
            SignatureRow(each.domain, each.selector, each.result) for each in facts.dkim[:MOST_SIGNATURES]
        ),
        first=None
        if cause is None
        else BulkFinding(
            cause.finding.rule, cause.severity.value, cause.finding.subject, cause.finding.message
        ),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        infos=severities.count(Severity.INFO),
        elapsed_ms=round(report.elapsed_s * 1000),
    )


def unread_row(source: str, reason: str) -> MessageRow:
    """The row of a message that could not be read."""
    return MessageRow(source=source, verdict="error", reason=reason[:_REASON])


def best(results: Iterable[str]) -> str:
    """The best result of the signatures; "none" if there are none."""
    return min(results, key=lambda each: _BEST.index(each) if each in _BEST else len(_BEST), default="none")


def row_line(row: MessageRow) -> str:
    """A row as a line of JSON."""
    return json_text(row, indent=None)
