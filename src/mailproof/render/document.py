"""The output of ``-f json``: one object with a summary and all reports."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from mailproof.model import SCHEMA_VERSION, Report, Severity, Tool
from mailproof.model.lookup import Instant
from mailproof.render.verdict import VerdictStatus, verdict


class WrittenVerdict(Struct, frozen=True):
    """The verdict of a report: a word for programs, and a sentence for people."""

    status: VerdictStatus
    sentence: str


class WrittenReport(Report, frozen=True, kw_only=True):
    """A report with its verdict."""

    verdict: WrittenVerdict


class First(Struct, frozen=True):
    """What to fix first: the cause of the worst findings."""

    rule: str
    severity: Severity
    subject: str
    message: str


class DomainSummary(Struct, frozen=True):
    """One report in brief. ``domain`` is its subject; ``first`` is null if nothing was found."""

    domain: str
    grade: str | None
    verdict: WrittenVerdict
    first: First | None


class SeverityCounts(Struct, frozen=True):
    """The number of findings in all reports, by severity."""

    error: int
    warning: int
    info: int


class Summary(Struct, frozen=True):
    """All reports in brief. ``complete`` is false if something could not be checked (exit code 3).

    ``not_possible`` counts the checks that could not be made, whatever the reason.
    """

    complete: bool
    findings: SeverityCounts
    not_possible: int
    domains: tuple[DomainSummary, ...]


class Document(Struct, frozen=True):
    """The reports of one run; ``started`` is the time of the earliest."""

    schema_version: str
    tool: Tool
    started: Instant
    summary: Summary
    reports: tuple[WrittenReport, ...]


def written(report: Report) -> WrittenReport:
    """The report with its verdict."""
    found = verdict(report)
    fields = {name: getattr(report, name) for name in report.__struct_fields__}
    return WrittenReport(**fields, verdict=WrittenVerdict(found.status, found.sentence))


def document(reports: Sequence[Report]) -> Document:
    """Build the document for one or more reports."""
    every = tuple(map(written, reports))
    findings = [finding.severity for report in every for finding in report.findings]
    return Document(
        SCHEMA_VERSION,
        every[0].tool,
        min(report.started for report in every),
        Summary(
            complete=not any(report.incomplete for report in every),
            findings=SeverityCounts(*(findings.count(each) for each in Severity)),
            not_possible=sum(report.score.not_possible for report in every),
            domains=tuple(map(_summary, every)),
        ),
        every,
    )


def _summary(report: WrittenReport) -> DomainSummary:
    cause = next(iter(report.causes), None)
    first = None
    if cause is not None:
        finding = cause.finding
        first = First(finding.rule, cause.severity, finding.subject, finding.message)
    return DomainSummary(report.subject, report.score.grade, report.verdict, first)
