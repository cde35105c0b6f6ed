"""What could not be checked: a line for each cause, with the affected checks."""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.model import Outcome, Report
from mailproof.render.gaps import HERE, by_cause, failed_of, named_checks, unasked_of, words_of
from mailproof.render.shown import clean
from mailproof.render.text.page import Page


def write_unknown(page: Page, report: Report) -> None:
    """What could not be checked, was not queried (``--offline``), or is impossible on this machine."""
    _section(page, "Could not check", failed_of(report), report.subject)
    _section(page, "Not queried", unasked_of(report), report.subject)
    if report.not_possible_here:
        page.heading("Not checked from here")
        for each in report.not_possible_here:
            page.line(
                (f"{page.signs.none} ", "mp.dim"),
                (f"{HERE[each.what]}: ", "mp.name"),
                clean(each.why),
                (f" ({named_checks(each.checks)})", "mp.dim"),
            )


def _section(page: Page, title: str, outcomes: Sequence[Outcome], subject: str) -> None:
    found = by_cause(outcomes)
    if found:
        page.heading(title)
    for cause, hidden in found.items():
        about = f"{clean(cause.subject)}, " if cause.subject != subject else ""
        page.line(
            (f"{page.signs.unknown} ", "mp.unknown"),
            words_of(cause, hidden),
            (f" ({about}{named_checks([each.check for each in hidden])})", "mp.dim"),
        )
        if page.verbose and cause.status != "unasked":  # the lookups have more than the reason
            for reason in dict.fromkeys(each.reason for each in hidden):
                page.line((clean(reason), "mp.dim"), indent=4, hang=0)
