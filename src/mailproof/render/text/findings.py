"""What to fix, the worst first, with the characters at fault and the records to paste."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.text import Text

from mailproof.model import UNASKED, Finding, Fix, Location, Outcome, Report, Rule, Severity
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
            again = number > 0 and not verbose and _alike(actionable[number - 1], finding)
            if again:
                page.line(
                    (f"{page.signs.dot} ", "mp.dim"),
                    clean(finding.message),
                    ("  (the same fix)", "mp.dim"),
                    indent=2,
                )
                continue
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


def _alike(first: Finding, second: Finding) -> bool:
    """Whether two findings in a row are one fault told of two things, mended by one fix."""
    return (first.rule, first.subject, first.fix) == (second.rule, second.subject, second.fix)


def write_unknown(page: Page, outcomes: Sequence[Outcome]) -> None:
    """What could not be found out, and what was not to be asked (``--offline``), one line a reason."""
    unknown = [outcome for outcome in outcomes if outcome.status in ("unknown", "error")]
    _reasons(page, "Could not find out", unknown)
    skipped = [outcome for outcome in outcomes if outcome.status == "skipped" and UNASKED in outcome.reason]
    _reasons(page, "Not asked", skipped)


def _reasons(page: Page, title: str, outcomes: Sequence[Outcome]) -> None:
    reasons: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        reasons.setdefault((outcome.subject, outcome.reason), []).append(outcome.check)
    if not reasons:
        return
    page.heading(title)
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
        _pointed(page, where)
    elif place:
        page.line((clean(place), "mp.dim"), indent=2)


def _pointed(page: Page, where: Location) -> None:
    """The record, with carets under the characters at fault: colour alone would not do."""
    record, start, end = where.record, where.start, where.end
    if (
        start is None
        or end is None
        or not 0 <= start < end <= len(record)
        or (start, end) == (0, len(record))
    ):
        shown = record if len(record) <= 240 else f"{record[:200]}… ({len(record)} characters)"
        page.verbatim(shown, indent=4)
        return
    first, last, fault_end = max(0, start - 60), min(len(record), end + 60), min(end, start + 200)
    before = ("…" if first else "") + clean(record[first:start])
    fault = clean(record[start:fault_end]) + ("…" if fault_end < end else "")
    after = clean(record[end:last]) + ("…" if last < len(record) else "")
    text = Text.assemble((before, "mp.record"), (fault, "mp.fault"), (after, "mp.record"))
    width = page.width - 4
    for at in range(0, len(text), width):
        page.console.print(Padding(text[at : at + width], (0, 0, 0, 4)))
        from_, to = max(at, len(before)), min(at + width, len(before) + len(fault))
        if from_ < to:
            marks = " " * (from_ - at) + page.signs.mark * (to - from_)
            page.console.print(Padding(Text(marks, style="mp.fail"), (0, 0, 0, 4)))


def _fix(page: Page, fix: Fix) -> None:
    """What to do; a decision is the owner's next step, and never called a fix."""
    head = "Next step: " if fix.kind == "decision" else "Fix: "
    page.line((f"{page.signs.arrow} {head}", "mp.pass"), clean(fix.summary), indent=2)
    published = {(record.name, record.rrtype) for record in fix.records if record.action == "publish"}
    removed = [record for record in fix.records if record.action == "remove"]
    for record in fix.records:
        # One record in place of one other: the new one says it all.
        replaced = record.action == "remove" and len(removed) == 1
        if not (replaced and (record.name, record.rrtype) in published):
            page.paste(record.bind, indent=4)
