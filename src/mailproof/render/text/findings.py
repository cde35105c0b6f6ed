"""What to fix, worst first, with the span at fault and the records to paste."""

from __future__ import annotations

from collections import Counter

from rich.cells import cell_len, chop_cells
from rich.padding import Padding
from rich.text import Text

from mailproof.model import Cause, Finding, Fix, FixRecord, Location, Report, Rule, Severity
from mailproof.render.causes import consequences, evidence_of, fault_of, same_fault, shown_fix
from mailproof.render.text.page import Page
from mailproof.render.text.style import SEVERITY_STYLE, clean, sign_of

#: Lines of evidence below a finding, without and with ``-v``.
FEW = 4
MOST_EVIDENCE = 12
#: Longer records are shortened in the middle.
LONGEST_RECORD = 240


def write_findings(page: Page, report: Report) -> None:
    """The causes, worst first: errors and warnings in full, notes in a line each (in full with ``-v``).

    A consequence is a line below its cause, without a separate fix: fixing the cause fixes it too.
    """
    verbose = page.verbose
    rules = {rule.id: rule for rule in report.rules}
    pasted: set[FixRecord] = set()
    actionable = [cause for cause in report.causes if cause.severity is not Severity.INFO]
    notes = [cause for cause in report.causes if cause.severity is Severity.INFO]
    if actionable:
        page.heading("What to fix first")
        for number, cause in enumerate(actionable):
            again = number > 0 and not verbose and same_fault(actionable[number - 1], cause)
            if again:
                page.line(
                    (f"{page.signs.dot} ", "mp.dim"),
                    clean(cause.finding.message),
                    (" (the same fix)" if cause.finding.fix is not None else "", "mp.dim"),
                    indent=2,
                )
                continue
            if number:
                page.blank()
            _finding(page, cause, rules.get(cause.finding.rule), report.subject, pasted)
            _consequences(page, cause, rules)
        named = next((cause.finding.rule for cause in actionable), "")
        page.blank()
        page.line((f"More about a rule: mailproof explain {named}", "mp.dim"), indent=2)
    if notes:
        page.heading("Worth knowing")
        times = Counter((cause.finding.rule, cause.finding.message) for cause in notes)
        for cause in notes:
            if verbose:
                _finding(page, cause, rules.get(cause.finding.rule), report.subject, pasted)
            elif count := times.pop((cause.finding.rule, cause.finding.message), 0):
                _note(page, cause.finding, count)
            _consequences(page, cause, rules)


def _consequences(page: Page, cause: Cause, rules: dict[str, Rule]) -> None:
    """The consequences of a finding, a line per rule."""
    rows = list(consequences(cause, rules))
    for number, (rule, worst, title, findings) in enumerate(rows, 1):
        page.line(
            (f"{page.signs.branch if number < len(rows) else page.signs.last}also: ", "mp.dim"),
            (f"{sign_of(worst, page.signs)} {rule} ", SEVERITY_STYLE[worst]),
            clean(title),
            indent=2,
            hang=9,
        )
        if page.verbose:
            for finding in findings:
                page.line((clean(finding.message), "mp.dim"), indent=11, hang=0)


def _finding(page: Page, cause: Cause, rule: Rule | None, subject: str, pasted: set[FixRecord]) -> None:
    """A finding in full, with the fix before the evidence, and with the worst severity of its consequences.

    Records that were already shown (``pasted``) are not repeated: several fixes may share a record.
    """
    finding, severity = cause.finding, cause.severity
    style = SEVERITY_STYLE[severity]
    title = rule.title if rule else ""
    about = f" {page.signs.dot} {clean(finding.subject)}" if finding.subject != subject else ""
    page.line(
        (f"{sign_of(severity, page.signs)} {severity.value} {finding.rule} ", style),
        (clean(title), "mp.name"),
        (about, "mp.dim"),
    )
    page.line(clean(finding.message), indent=2, hang=0)
    if finding.fix is not None:
        _fix(page, finding.fix, pasted)
    if finding.location is not None:
        _location(page, finding.location)
    most = MOST_EVIDENCE if page.verbose else FEW
    evidence = evidence_of(finding)
    for line in evidence[:most]:
        page.line((f"{page.signs.dot} {clean(line)}", "mp.dim"), indent=2)
    if len(evidence) > most:
        more = "" if page.verbose else " (-v)"
        page.line((f"{page.signs.dot} and {len(evidence) - most} more{more}", "mp.dim"), indent=2)


def _note(page: Page, finding: Finding, count: int) -> None:
    page.line(
        (f"{sign_of(finding.severity, page.signs)} {finding.rule} ", "mp.info"),
        clean(finding.message),
        (f" ({count} times)" if count > 1 else "", "mp.dim"),
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
    """The record, with carets under the span at fault, since colour alone is not enough."""
    record, fault = where.record, fault_of(where)
    if fault is None:
        page.verbatim(_middle_cut(record), indent=4)
        return
    start, end = fault
    first, last, fault_end = max(0, start - 60), min(len(record), end + 60), min(end, start + 200)
    before = ("…" if first else "") + clean(record[first:start])
    marked = clean(record[start:fault_end]) + ("…" if fault_end < end else "")
    after = clean(record[end:last]) + ("…" if last < len(record) else "")
    text = Text.assemble((before, "mp.record"), (marked, "mp.fault"), (after, "mp.record"))
    at = 0
    for row in chop_cells(text.plain, page.width - 4):
        page.console.print(Padding(text[at : at + len(row)], (0, 0, 0, 4)))
        from_, to = max(0, len(before) - at), max(0, len(before) + len(marked) - at)
        if fault_width := cell_len(row[from_:to]):
            marks = " " * cell_len(row[:from_]) + page.signs.mark * fault_width
            page.console.print(Padding(Text(marks, style="mp.fail"), (0, 0, 0, 4)))
        at += len(row)


def _middle_cut(record: str) -> str:
    """A long record without its middle: both ends identify a key."""
    if len(record) <= LONGEST_RECORD:
        return record
    half = LONGEST_RECORD // 2
    return f"{record[:half]} … {record[-half // 2 :]} ({len(record)} characters)"


def _fix(page: Page, fix: Fix, pasted: set[FixRecord]) -> None:
    """What to do; a decision is the owner's next step, never called a fix."""
    head = "Next step: " if fix.kind == "decision" else "Fix: "
    summary, records = shown_fix(fix, pasted)
    page.line((f"{page.signs.arrow} {head}", "mp.pass"), clean(summary), indent=2)
    for record in records:
        page.paste(record, indent=4)
