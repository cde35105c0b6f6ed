"""GitHub's workflow commands: an annotation for each finding, at its line.

This format emits runner commands on purpose, one per line: their text is escaped, and nothing else in the
output can be executed.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.model import Report, Severity
from mailproof.render.gaps import gaps
from mailproof.render.look import Look
from mailproof.render.places import Place, place_of, relative
from mailproof.render.shown import clean
from mailproof.render.verdict import verdict
from mailproof.render.words import fix_lines, ranked, sentence, titles
from mailproof.runners import disarmed

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(reports: Sequence[Report], look: Look) -> str:
    """Worst findings first, since GitHub shows ten of a kind per step; then a line of text per domain."""
    every = tuple(reports)
    known = titles(every)
    lines = [
        _command(
            _COMMAND[finding.severity],
            f"{finding.rule} {known.get(finding.rule, '')}".strip(),
            (sentence(finding), *fix_lines(finding)),
            place_of(finding, look.anchor),
            look,
        )
        for finding in ranked(every)
    ]
    for report in every:
        for gap in gaps(report):
            kind = "warning" if gap.kind == "failed" else "notice"
            text = (f"{clean(gap.subject)}: {gap.sentence}",)
            lines.append(_command(kind, f"mailproof {gap.title}", text, look.anchor(gap.subject), look))
    for report in every:
        found = verdict(report)
        lines.append(disarmed(clean(f"mailproof: {found.sentence} ({found.counts or 'nothing found'})")))
    return "".join(f"{line}\n" for line in lines)


def _command(kind: str, title: str, text: Sequence[str], place: Place | None, look: Look) -> str:
    where = [("title", title)]
    if place is not None:
        where = [("file", clean(relative(place.file, look.root))), ("line", str(place.line)), *where]
        if place.column is not None:
            where.insert(2, ("col", str(place.column)))
            if place.end_column is not None and place.end_column > place.column:
                where.insert(3, ("endColumn", str(place.end_column)))
    escaped = ((name, _data(value).replace(":", "%3A").replace(",", "%2C")) for name, value in where)
    properties = ",".join(map("=".join, escaped))
    return f"::{kind} {properties}::{_data(chr(10).join(text))}"


def _data(text: str) -> str:
    return disarmed(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
