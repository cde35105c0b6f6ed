"""Markdown for pull request comments and job summaries.

Records are untrusted: outside fences, every character that Markdown, GitHub or GitLab would interpret as
markup, a link, a mention or a reference is escaped, and a fence is longer than any run of backticks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailproof.model import Report, Severity
from mailproof.render.gaps import gaps
from mailproof.render.look import Look
from mailproof.render.placement import placement_table
from mailproof.render.places import place_of, shown_place
from mailproof.render.shown import clean, counted
from mailproof.render.verdict import verdict
from mailproof.render.words import counts, titles
from mailproof.runners import disarmed

#: Characters of a page: GitHub accepts comments of up to 65,536.
MAX_PAGE = 64_000
#: Characters of one cell or paragraph.
MAX_TEXT = 1500
_SIGN = {"pass": "✓", "warn": "!", "fail": "✗", "unknown": "?"}
_MARK = {Severity.ERROR: "✗ error", Severity.WARNING: "! warning", Severity.INFO: "i note"}
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$]")
#: Points at which an invisible comment is inserted to break up links, mentions and references.
_LINKS = re.compile(r"(?<=@)(?=\S)|(?<=[#!%^])(?=\w)|(?<=:)(?=//)|(?i:(?<=www))(?=\.)|(?i:(?<=\bgh))(?=-\d)")
_BLOCK = re.compile(r"^(\d+)(?=[.)])|^(?=[#+=:-])")


def render_markdown(reports: Sequence[Report], look: Look) -> str:
    """For each domain the verdict, a table of findings, the fixes to paste, and what could not be checked."""
    every = tuple(reports)
    known = titles(every)
    page = ""
    left = 0
    for block in _blocks(every, known, look):
        if len(page) + len(block) <= MAX_PAGE and not left:
            page += block
        else:
            left += 1
    if left:
        page += (
            "\n_The report is longer than a comment can be: the rest is left out (`-f text` shows all)._\n"
        )
    return disarmed(page)


def _blocks(reports: tuple[Report, ...], known: dict[str, str], look: Look) -> Iterator[str]:
    """Blocks of the page that are shown completely or not at all."""
    if len(reports) > 1:
        yield "## mailproof\n\n| domain | grade | verdict | |\n| --- | --- | --- | --- |\n"
        for report in reports:
            found = verdict(report)
            cells = (report.subject, report.score.grade or "–", found.sentence, found.counts)
            sign = _SIGN[found.status]
            yield f"| {_cell(cells[0])} | {cells[1]} | {sign} {_cell(cells[2])} | {_cell(cells[3])} |\n"
    for report in reports:
        found = verdict(report)
        some = " of what could be checked" if report.score.not_possible else ""
        grade = f"Grade {report.score.grade}{some} · " if report.score.grade else ""
        yield (
            f"{chr(10) if len(reports) > 1 else ''}### {_SIGN[found.status]} {plain(found.sentence)}\n\n"
            f"{grade}{plain(counts(report.findings))}\n"
        )
        if report.facts.recipients:
            yield _placement(report)
        yield from _table(report, known, look)
        yield from _fixes(report)
        yield from _gaps(report)
        if report.suppressed:
            yield f"\n{counted(len(report.suppressed), 'finding')} ignored by policy.\n"


def _placement(report: Report) -> str:
    found = placement_table(report.facts.placements)
    lines = ["", *(f"- ! {plain(each)}" for each in found.differences)]
    lines += ["", f"| {' | '.join(found.columns)} |", "| --- " * len(found.columns) + "|"]
    for row in found.rows:
        marked = (f"{_SIGN.get(cell.status, '')} {_cell(cell.text)}".strip() for cell in row)
        lines.append(f"| {' | '.join(marked)} |")
    lines += ["", *(f"- {plain(receiver)}: {plain(reason)}" for receiver, reason in found.reasons)]
    if found.legend:
        lines += ["", f"_{plain(found.legend)}._"]
    return "\n".join((*lines, ""))


def _table(report: Report, known: dict[str, str], look: Look) -> Iterator[str]:
    if not report.findings:
        return
    head = "\n| | rule | where | finding |\n| --- | --- | --- | --- |\n"
    for finding in report.findings:
        place = place_of(finding, look.anchor)
        where = finding.location
        named = f"{where.name} {where.rrtype}".strip() if where and where.name else finding.subject
        lines = [_code(shown_place(place, look.root))] if place is not None else []
        yield head + (
            f"| {_MARK[finding.severity]} | {finding.rule}<br>{_cell(known.get(finding.rule, ''))} "
            f"| {'<br>'.join((*lines, _cell(named)))} | {_cell(finding.message)} |\n"
        )
        head = ""


def _fixes(report: Report) -> Iterator[str]:
    pasted: set[tuple[str, ...]] = set()
    said: set[str] = set()
    for cause in report.causes:
        finding = cause.finding
        if finding.fix is None or cause.severity is Severity.INFO:
            continue
        lines = tuple(clean(record.bind, 10_000) for record in finding.fix.records)
        head = "Next step" if finding.fix.kind == "decision" else "Fix"
        again = bool(lines) and lines in pasted
        pasted.add(lines)
        block = "" if again or not lines else _fenced(lines)
        line = f"\n**{head} for {finding.rule}:** {plain(finding.fix.summary)}\n{block}"
        if line not in said:
            yield line
        said.add(line)


def _gaps(report: Report) -> Iterator[str]:
    head = "\n**Not everything could be checked**\n\n"
    for gap in gaps(report):
        about = f"{plain(gap.subject)}: " if gap.subject != report.subject else ""
        yield f"{head}- ? {about}{plain(gap.sentence)}\n"
        head = ""


def _fenced(lines: Sequence[str]) -> str:
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n" + "\n".join((f"{fence}dns", *lines, fence)) + "\n"


def plain(text: str) -> str:
    """Text without meaning to Markdown."""
    shown = clean(" ".join(text.split()), MAX_TEXT)
    escaped = _MARKUP.sub(
        lambda found: f"\\{found[0]}" if found[0] not in "<>&" else _ENTITY[found[0]], shown
    )
    return _LINKS.sub("<!-- -->", _BLOCK.sub(r"\1\\", escaped))


_ENTITY = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def _cell(text: str) -> str:
    return plain(text) or " "


def _code(text: str) -> str:
    """A code span for a table's cell."""
    shown = clean(" ".join(text.split()), MAX_TEXT).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"
