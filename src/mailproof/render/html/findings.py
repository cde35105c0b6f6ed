"""The findings, each with its fix and folded evidence, and what could not be checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mailproof.grouping import grouped
from mailproof.model import Cause, Finding, Fix, FixRecord, Location, Report, Rule, Severity
from mailproof.render.causes import consequences, evidence_of, fault_of, same_fault, shown_fix
from mailproof.render.gaps import gaps
from mailproof.render.html.markup import Html, element, joined, text
from mailproof.render.shown import counted
from mailproof.render.text.style import UNICODE, sign_of
from mailproof.render.words import SEVERITIES

#: Lines of evidence that are shown below a finding.
MOST_EVIDENCE = 30
#: Ignored findings that are listed.
MOST_IGNORED = 200
_CLASS = {Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.INFO: "info"}


class Findings:
    """Renders the findings of reports; ``page`` returns a rule's page, ``unfolded`` opens all details."""

    def __init__(self, page: Callable[[str], str], *, unfolded: bool = False) -> None:
        self._page, self._unfolded = page, unfolded
        self._copies = 0

    def of(self, report: Report) -> Html:
        """The sections of a report's findings."""
        worse = [cause for cause in report.causes if cause.severity is not Severity.INFO]
        notes = [cause for cause in report.causes if cause.severity is Severity.INFO]
        return joined(
            self._section("What to fix first", worse, report), self._section("Worth knowing", notes, report)
        )

    def _section(self, title: str, causes: Sequence[Cause], report: Report) -> Html | None:
        if not causes:
            return None
        rules = {rule.id: rule for rule in report.rules}
        pasted: set[FixRecord] = set()
        groups: list[list[Cause]] = []
        for cause in causes:
            if groups and same_fault(groups[-1][-1], cause):
                groups[-1].append(cause)
            else:
                groups.append([cause])
        items = [self._item(group, rules, report.subject, pasted) for group in groups]
        return element("section", element("h3", title), element("ol", *items, class_="findings"))

    def _item(
        self, group: Sequence[Cause], rules: dict[str, Rule], subject: str, pasted: set[FixRecord]
    ) -> Html:
        cause = group[0]
        finding, severity = cause.finding, cause.severity
        rule = rules.get(finding.rule)
        kind = _CLASS[severity]
        about = finding.subject if finding.subject != subject else None
        head = element(
            "h4",
            element("span", f"{sign_of(severity, UNICODE)} {SEVERITIES[severity]}", class_=f"badge {kind}"),
            text(f" {rule.title if rule else finding.rule} "),
            element("span", finding.rule, class_="dim rule"),
            element("span", f" {UNICODE.dot} {about}", class_="dim") if about else None,
        )
        messages = [element("p", each) for each in dict.fromkeys(each.finding.message for each in group)]
        evidence = [part for each in group for part in _evidence(each.finding)]
        why = _why(self._page(finding.rule))
        return element(
            "li",
            head,
            *messages,
            self._fix(finding.fix, pasted) if finding.fix is not None else None,
            *_consequences(cause, rules),
            self._folded("Evidence", evidence),
            self._folded("Why it matters", why),
            class_=kind,
        )

    def _folded(self, title: str, parts: Sequence[Html]) -> Html | None:
        if not parts:
            return None
        return element("details", element("summary", title), *parts, class_="more", open=self._unfolded)

    def _fix(self, fix: Fix, pasted: set[FixRecord]) -> Html:
        head = "Next step" if fix.kind == "decision" else "Fix"
        summary, lines = shown_fix(fix, pasted)
        return element(
            "div",
            element("p", element("strong", f"{head}: "), summary),
            self._copied(lines) if lines else None,
            class_="fix",
        )

    def _copied(self, lines: Sequence[str]) -> Html:
        """Records to paste, with a copy button that the script unhides."""
        self._copies += 1
        name = f"copy-{self._copies}"
        button = element("button", "Copy", type="button", data_copy=name, hidden=True)
        # text() escapes line ends within a record, so each record is one line.
        records = element("code", Html("\n".join(text(line) for line in lines)), id=name)
        return element("div", element("pre", records), button, class_="paste")


def _consequences(cause: Cause, rules: dict[str, Rule]) -> Iterator[Html]:
    """The consequences of a finding, an item per rule."""
    items = []
    for rule, worst, title, _ in consequences(cause, rules):
        sign = element("span", f"{sign_of(worst, UNICODE)} {rule}", class_=_CLASS[worst])
        items.append(element("li", sign, f" {title}"))
    if items:
        yield element("p", "The same fault also causes:", class_="dim")
        yield element("ul", *items, class_="plain")


def _evidence(finding: Finding) -> Iterator[Html]:
    where = finding.location
    if where is not None:
        place = f"{where.file}:{where.line} " if where.file else ""
        head = f"{place}{where.name} {where.rrtype}".strip()
        if head:
            yield element("p", head, class_="dim")
        if where.record:
            yield element("pre", _pointed(where))
    evidence = evidence_of(finding)
    lines = evidence[:MOST_EVIDENCE]
    if len(evidence) > len(lines):
        lines = (*lines, f"and {len(evidence) - len(lines)} more")
    if lines:
        yield element("ul", *(element("li", line) for line in lines), class_="plain")


def _pointed(where: Location) -> Html:
    """The record with the span at fault marked."""
    record, fault = where.record, fault_of(where)
    if fault is None:
        return text(record)
    start, end = fault
    return joined(record[:start], element("mark", record[start:end]), record[end:])


def _why(page: str) -> list[Html]:
    """The paragraphs of the section "Why it matters" of a rule's page."""
    _, _, after = page.partition("## Why it matters\n")
    paragraphs = after.partition("\n## ")[0].strip().split("\n\n")
    return [element("p", _coded(" ".join(each.split()))) for each in paragraphs if each.strip()]


def _coded(words: str) -> Html:
    """Text with code in backquotes as elements."""
    parts = re.split(r"`([^`]+)`", words)
    return joined(*(element("code", each) if number % 2 else each for number, each in enumerate(parts)))


def unknown(report: Report) -> Html | None:
    """What could not be checked, a list for each kind."""
    parts = []
    for title, found in grouped(gaps(report), lambda gap: gap.title).items():
        items = [
            element(
                "li",
                element("span", "? ", class_="unknown", aria_hidden="true"),
                gap.words,
                element("span", f" ({', '.join(gap.checks)})", class_="dim") if gap.checks else None,
                element("span", f" {UNICODE.dot} {gap.subject}", class_="dim")
                if gap.subject != report.subject
                else None,
            )
            for gap in found
        ]
        parts += [element("h4", title.capitalize()), element("ul", *items, class_="plain")]
    if not parts:
        return None
    return element("section", element("h3", "Not everything could be checked"), *parts, class_="gaps")


def ignored(report: Report) -> Html | None:
    """The findings ignored by the user's policy, with reasons."""
    if not report.suppressed:
        return None
    shown = report.suppressed[:MOST_IGNORED]
    items = [
        element(
            "li",
            element("span", each.rule, class_="dim"),
            f" {each.finding.message}",
            element("span", f" (ignored: {each.reason})", class_="dim") if each.reason else None,
        )
        for each in shown
    ]
    if len(report.suppressed) > len(shown):
        items.append(element("li", f"and {len(report.suppressed) - len(shown)} more"))
    head = element("h3", f"{counted(len(report.suppressed), 'finding')} ignored by policy")
    return element("section", head, element("ul", *items, class_="plain"))
