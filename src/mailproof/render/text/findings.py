"""What to fix, the worst first, with the characters at fault and the records to paste."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.text import Text

from mailproof.model import Finding, Fix, Location, Outcome, Report, Rule, Severity
from mailproof.render.text.page import Page
from mailproof.render.text.style import SEVERITY_STYLE, clean, sign_of


def write_findings(page: Page, report: Report, *, verbose: int = 0) -> None:
    """The findings: errors and warnings whole, notes in a line each (whole with ``-v``)."""
    rules = {rule.id: rule for rule in report.rules}
    actionable = [finding for finding in report.findings if finding.severity is not Severity.INFO]
    notes = [finding for finding in report.findings if finding.severity is Severity.INFO]
    if actionable:
        page.heading("What to fix first")
        for number, finding in enumerate(actionable):
            if number:
                page.blank()
            _finding(page, finding, rules.get(finding.rule), report.subject)
    if notes:
        page.heading("Worth knowing")
        for finding in notes:
            if verbose:
                _finding(page, finding, rules.get(finding.rule), report.subject)
            else:
                _note(page, finding)


def write_unknown(page: Page, outcomes: Sequence[Outcome]) -> None:
    """What could not be found out, one line a reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        if outcome.status in ("unknown", "error"):
            reasons.setdefault((outcome.subject, outcome.reason), []).append(outcome.check)
    if not reasons:
        return
    page.heading("Could not find out")
    for (subject, reason), checks in reasons.items():
        listed = ", ".join(checks[:4]) + (f" and {len(checks) - 4} more" if len(checks) > 4 else "")
        text = clean(reason) or "no reason given"
        page.line(
            (f"{page.signs.unknown} ", "mp.unknown"), text, (f"  {listed} ({clean(subject)})", "mp.dim")
        )


def _finding(page: Page, finding: Finding, rule: Rule | None, subject: str) -> None:
    style = SEVERITY_STYLE[finding.severity]
    title = rule.title if rule else ""
    about = f" {page.signs.dot} {clean(finding.subject)}" if finding.subject != subject else ""
    page.line(
        (f"{sign_of(finding.severity, page.signs)} {finding.severity.value} {finding.rule} ", style),
        (clean(title), "mp.name"),
        (about, "mp.dim"),
    )
    page.line(clean(finding.message), indent=2, hang=0)
    if finding.location is not None:
        _location(page, finding.location)
    for line in finding.evidence[:12]:
        page.line((f"{page.signs.dot} {clean(line)}", "mp.dim"), indent=2)
    if len(finding.evidence) > 12:
        page.line((f"{page.signs.dot} and {len(finding.evidence) - 12} more", "mp.dim"), indent=2)
    if finding.fix is not None:
        _fix(page, finding.fix)


def _note(page: Page, finding: Finding) -> None:
    page.line(
        (f"{sign_of(finding.severity, page.signs)} {finding.rule} ", "mp.info"),
        clean(finding.message),
        hang=2,
    )


def _location(page: Page, where: Location) -> None:
    place = f"{where.file}:{where.line} " if where.file else ""
    if where.record:
        head = f"{place}{where.name} {where.rrtype}".strip()
        page.line((clean(head), "mp.dim"), indent=2)
        page.console.print(Padding(_pointed(where), (0, 0, 0, 4)))
    elif place:
        page.line((clean(place), "mp.dim"), indent=2)


def _pointed(where: Location) -> Text:
    """The record with the characters at fault marked by colour, and by >>…<< for those without."""
    record, start, end = where.record, where.start, where.end
    if (
        start is None
        or end is None
        or not 0 <= start < end <= len(record)
        or (start, end) == (0, len(record))
    ):
        shown = record if len(record) <= 240 else f"{record[:200]}… ({len(record)} characters)"
        return Text(clean(shown), style="mp.record", overflow="fold")
    before, after = max(0, start - 60), min(len(record), end + 60)
    fault_end = min(end, start + 200)
    return Text.assemble(
        ("…" if before else "", "mp.dim"),
        (clean(record[before:start]), "mp.record"),
        (">>", "mp.fail"),
        (clean(record[start:fault_end]), "mp.fault"),
        ("…" if fault_end < end else "", "mp.dim"),
        ("<<", "mp.fail"),
        (clean(record[end:after]), "mp.record"),
        ("…" if after < len(record) else "", "mp.dim"),
        overflow="fold",
    )


def _fix(page: Page, fix: Fix) -> None:
    page.line((f"{page.signs.arrow} Fix: ", "mp.pass"), clean(fix.summary), indent=2)
    for record in fix.records:
        page.paste(record.bind, indent=4)
