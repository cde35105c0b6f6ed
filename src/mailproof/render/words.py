"""The words of a finding for formats that have one text for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailproof.model import Finding, Report, Severity
from mailproof.render.shown import clean, counted

#: What a finding of a severity is called.
SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def ranked(reports: tuple[Report, ...]) -> tuple[Finding, ...]:
    """The findings of all reports, errors first, else as the reports order them."""
    found = [finding for report in reports for finding in report.findings]
    return tuple(sorted(found, key=lambda finding: finding.severity.rank))


def titles(reports: tuple[Report, ...]) -> dict[str, str]:
    """The titles of the rules that found something."""
    return {rule.id: clean(rule.title) for report in reports for rule in report.rules}


def entitled(rules: Iterable[tuple[str, int]], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    """Numbers by rule, each rule with its title."""
    return [(f"{rule} {titles.get(rule, '')}", number) for rule, number in rules]


def sentence(finding: Finding) -> str:
    """What is wrong with what, in one line."""
    message, subject = clean(finding.message), clean(finding.subject)
    return message if subject.lower() in message.lower() else f"{subject}: {message}"


def fix_lines(finding: Finding) -> tuple[str, ...]:
    """How to fix it, and the records to paste, a line each; none where there is no fix."""
    fix = finding.fix
    if fix is None:
        return ()
    head = "Next step" if fix.kind == "decision" else "Fix"
    return (f"{head}: {clean(fix.summary)}", *(clean(record.bind) for record in fix.records))


class Unique:
    """Fingerprints, each once: a second finding with the same one gets a number behind it."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, fingerprint: str) -> str:
        count = self._seen[fingerprint] = self._seen.get(fingerprint, 0) + 1
        return fingerprint if count == 1 else f"{fingerprint}-{count}"


def counts(findings: tuple[Finding, ...]) -> str:
    """How many errors, warnings and notes; "no findings" for none."""
    found = ((sum(each.severity is kind for each in findings), word) for kind, word in SEVERITIES.items())
    return ", ".join(counted(count, word) for count, word in found if count) or "no findings"
