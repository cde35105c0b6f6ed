"""The report as text for a terminal: the verdict, what to fix, a section a topic, the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproof.model import Report
from mailproof.render.text.evidence import write_evidence
from mailproof.render.text.findings import write_findings
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean
from mailproof.render.text.unknown import write_unknown
from mailproof.render.text.verdict import verdict, write_verdict

__all__ = ["render_svg", "render_text", "verdict"]


def render_text(
    reports: Report | Sequence[Report],
    *,
    width: int = 80,
    color: bool = False,
    unicode: bool = True,
    verbose: int = 0,
    quiet: bool = False,
) -> str:
    """One report or several as text of ``width`` columns (60 to 200).

    ``quiet`` gives the verdict and the findings alone; ``verbose`` adds traces, dialogues and look-ups.
    """
    page = Page(width=width, color=color, unicode=unicode)
    for number, report in enumerate([reports] if isinstance(reports, Report) else reports):
        if number:
            page.blank()
            page.blank()
        _write(page, report, verbose, quiet)
    return page.value


def render_svg(report: Report, *, width: int = 100, verbose: int = 0, quiet: bool = False) -> str:
    """The coloured report as an SVG picture."""
    page = Page(width=width, color=True, record=True)
    _write(page, report, verbose, quiet)
    picture = page.console.export_svg(title=f"mailproof {clean(report.subject, 200)}")
    # Rich's template fetches its font from elsewhere: a report asks nobody for anything when it is opened.
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


def _write(page: Page, report: Report, verbose: int, quiet: bool) -> None:
    write_verdict(page, report)
    write_findings(page, report, verbose=verbose)
    write_unknown(page, report, verbose=verbose)
    if quiet:
        return
    facts = report.facts
    # Each section with the types that it shows is loaded where there is one.
    if facts.delivery is not None:
        from mailproof.render.text.delivery import write_delivery

        write_delivery(page, facts.delivery, verbose=verbose)
    if facts.message is not None:
        from mailproof.render.text.message import write_message

        write_message(page, facts.message, verbose=verbose)
    for domain in (facts.dns, *facts.domains):
        # Of a name that is not there, or a zone that does not answer, one line has told everything.
        if domain is not None and domain.exists and (verbose or not report.nothing_known):
            from mailproof.render.text.domain import write_domain

            write_domain(page, domain, report.outcomes)
    write_evidence(page, report, verbose=verbose)
