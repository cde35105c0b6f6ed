"""CSV (RFC 4180) with a row per finding and per check that could not be made."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from mailproof.model import Finding, Location, Report
from mailproof.render.gaps import gaps
from mailproof.render.look import Look
from mailproof.render.places import Place, place_of, relative
from mailproof.render.shown import clean
from mailproof.runners import disarmed

#: Where spreadsheets begin a formula, also if they split cells at semicolons, as in many countries; with the
#: full-width signs.
_FORMULA = re.compile(r'((?:^|[;\n])[ "]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])')


def render_csv(reports: Sequence[Report], look: Look) -> str:
    """The rows below the header (``formats.CSV_HEAD``); the severity of a gap is ``unknown``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for report in reports:
        for finding in report.findings:
            writer.writerow(cells(_row(report, finding, look)))
        for gap in gaps(report):
            where = _place(look.anchor(gap.subject), look)
            for check in gap.checks or ("",):
                row = (report.subject, gap.subject, check, "unknown", gap.said, "", "", "", *where)
                writer.writerow(cells((*row, "", "", "", "", "")))
    return out.getvalue()


def _row(report: Report, finding: Finding, look: Look) -> tuple[str, ...]:
    where = finding.location or Location()
    fix = finding.fix
    return (
        report.subject,
        finding.subject,
        finding.rule,
        finding.severity.value,
        finding.message,
        where.name,
        where.rrtype,
        where.record,
        *_place(place_of(finding, look.anchor), look),
        fix.kind if fix else "",
        fix.summary if fix else "",
        "\n".join(record.bind for record in fix.records) if fix else "",
        finding.because_of,
        finding.fingerprint,
    )


def _place(place: Place | None, look: Look) -> tuple[str, str]:
    return ("", "") if place is None else (relative(place.file, look.root), str(place.line))


def cells(row: Iterable[str]) -> list[str]:
    """Cells in which nothing is evaluated by a spreadsheet (OWASP, CSV injection) or a pipeline's runner."""
    plain = ("\n".join(clean(line, 100_000) for line in cell.split("\n")) for cell in row)
    return [disarmed(_FORMULA.sub(r"\1'", cell)) for cell in plain]
