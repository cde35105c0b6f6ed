"""One line per finding, in the format of linters: ``file:line:column: RULE severity text``."""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.model import Report
from mailproof.render.gaps import gaps
from mailproof.render.look import Look
from mailproof.render.places import Place, place_of, shown_place
from mailproof.render.shown import clean
from mailproof.render.words import fix_lines, sentence
from mailproof.runners import disarmed


def render_concise(reports: Sequence[Report], look: Look) -> str:
    """The findings, then what could not be checked; "" for a report with neither.

    A line without a file begins with the domain. With ``-v`` the fix follows the text.
    """
    lines = []
    for report in reports:
        for finding in report.findings:
            line = f"{finding.rule} {finding.severity.value} {sentence(finding)}"
            if look.verbose and finding.fix is not None:
                line += f" {fix_lines(finding)[0]}"
            lines.append(f"{_where(place_of(finding, look.anchor), finding.subject, look)}: {line}")
        for gap in gaps(report):
            place = _where(look.anchor(gap.subject), gap.subject, look)
            named = gap.checks[0] if len(gap.checks) == 1 else "-"
            lines.append(f"{place}: {named} unknown {clean(gap.subject)}: {gap.sentence}")
    return disarmed("".join(f"{line}\n" for line in lines))


def _where(place: Place | None, subject: str, look: Look) -> str:
    return clean(subject) if place is None else shown_place(place, look.root)
