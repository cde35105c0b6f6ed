"""The first and last lines of a report: the verdict, the scorecard, the counts, the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from mailproof.model import Report
from mailproof.render.scorecard import Mark, scorecard
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean
from mailproof.render.verdict import Verdict, VerdictStatus, exit_words, verdict

_WORDS: dict[VerdictStatus, str] = {
    "fail": "with errors",
    "warn": "with warnings",
    "unknown": "not fully checked",
    "pass": "clean",
}


def write_head(page: Page, report: Report) -> None:
    """The verdict, the marks by topic, the grade and the counts."""
    found = verdict(report)
    _sentence(page, found)
    for row in _rows(page, scorecard(report)):
        page.line(row, indent=2)
    counts = f" {page.signs.dot} {found.counts}" if found.counts else ""
    page.line(_grade(report, f"mp.{found.status}"), counts, hang=2)


def write_closing(page: Page, found: Sequence[tuple[str, Verdict]], code: int | None) -> None:
    """The last lines on a terminal: the verdict again, or the totals of several (subject, verdict) pairs."""
    page.blank()
    end = "" if code is None else f" {page.signs.dot} {exit_words(code)}"
    if len(found) == 1:
        _sentence(page, found[0][1])
        page.line("  ", found[0][1].counts or "nothing found", end, hang=2)
        return
    total = Counter(each.status for _, each in found)
    parts = [f"{total[status]} {words}" for status, words in _WORDS.items() if total[status]]
    page.line(f"{len(found)} reports: {', '.join(parts)}", end)


def _sentence(page: Page, found: Verdict) -> None:
    page.line(
        (f"{page.sign(found.status)} ", f"mp.{found.status}"), (clean(found.sentence), "mp.name"), hang=2
    )


def _rows(page: Page, marks: Sequence[Mark]) -> list[Text]:
    """The marks on as few lines as possible; a topic and its mark stay together."""
    rows: list[Text] = []
    for mark in marks:
        shown = Text.assemble(f"{mark.topic} ", (page.sign(mark.status), f"mp.{mark.status}"))
        if rows and rows[-1].cell_len + 2 + shown.cell_len <= page.width - 2:
            rows[-1].append("  ").append_text(shown)
        else:
            rows.append(shown)
    return rows


def _grade(report: Report, style: str) -> Text:
    score = report.score
    if score.grade is None:
        return Text(f"  no grade ({'; '.join(map(clean, score.withheld))})")
    some = " of what could be checked" if score.not_possible else ""
    return Text.assemble("  grade ", (score.grade, style), f" ({score.points}/100){some}")
