"""The text of a finding, for formats with a single text field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailproof.model import Finding, Report, Severity
from mailproof.render.shown import clean, counted

#: The names of severities.
SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def ranked(reports: tuple[Report, ...]) -> tuple[Finding, ...]:
    """The findings of all reports, errors first, otherwise in report order."""
    found = [finding for report in reports for finding in report.findings]
    return tuple(sorted(found, key=lambda finding: finding.severity.rank))


def titles(reports: tuple[Report, ...]) -> dict[str, str]:
    """The titles of the rules with findings, by id."""
    return {rule.id: clean(rule.title) for report in reports for rule in report.rules}


def entitled(rules: Iterable[tuple[str, int]], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    """Counts by rule, with the title added to each rule id."""
    return [(f"{rule} {titles.get(rule, '')}", number) for rule, number in rules]


def sentence(finding: Finding) -> str:
    """The message in one line, with the subject unless it is already mentioned."""
    message, subject = clean(finding.message), clean(finding.subject)
    return message if subject.lower() in message.lower() else f"{subject}: {message}"


def fix_lines(finding: Finding) -> tuple[str, ...]:
    """How to fix it and the records to paste, a line each; empty without a fix."""
    fix = finding.fix
    if fix is None:
        return ()
    head = "Next step" if fix.kind == "decision" else "Fix"
    return (f"{head}: {clean(fix.summary)}", *(clean(record.bind) for record in fix.records))


class Unique:
    """Makes fingerprints unique: a repeated one gets a number appended."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, fingerprint: str) -> str:
        count = self._seen[fingerprint] = self._seen.get(fingerprint, 0) + 1
        return fingerprint if count == 1 else f"{fingerprint}-{count}"


def counts(findings: tuple[Finding, ...]) -> str:
    """The numbers of errors, warnings and notes; "no findings" for none."""
    found = ((sum(each.severity is kind for each in findings), word) for kind, word in SEVERITIES.items())
    return ", ".join(counted(count, word) for count, word in found if count) or "no findings"
