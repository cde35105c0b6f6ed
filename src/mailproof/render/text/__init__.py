"""The report as text for a terminal: the verdict, what to fix, a section per topic, the verdict again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproof.model import Report
from mailproof.render.look import FILE, SCREEN, Look
from mailproof.render.text.evidence import write_evidence
from mailproof.render.text.findings import write_findings
from mailproof.render.text.head import write_closing, write_head
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean
from mailproof.render.text.unknown import write_unknown
from mailproof.render.verdict import Verdict, verdict
from mailproof.runners import IN_XML, disarmed

__all__ = ["render_closing", "render_svg", "render_text", "write_sections"]


def render_text(reports: Report | Sequence[Report], look: Look = SCREEN) -> str:
    """Render one or more reports as text of 60 to 200 columns, without the closing lines.

    Quiet shows only the verdict and the findings; verbose adds traces, dialogues, lookups, and details of
    healthy topics.
    """
    page = Page(look)
    _write_all(page, [reports] if isinstance(reports, Report) else reports, look)
    return page.value


def render_closing(found: Sequence[tuple[str, Verdict]], code: int | None = None, look: Look = SCREEN) -> str:
    """The last lines of a run: the verdicts (pairs of subject and verdict) and the exit code."""
    page = Page(look)
    write_closing(page, found, code)
    return page.value


def render_svg(reports: Report | Sequence[Report], look: Look = FILE) -> str:
    """The reports in colour as an SVG image."""
    several = [reports] if isinstance(reports, Report) else reports
    page = Page(look._replace(color=True), record=True)
    _write_all(page, several, look)
    write_closing(page, [(each.subject, verdict(each)) for each in several], None)
    title = clean(", ".join(report.subject for report in several), 200)
    picture = page.console.export_svg(title=f"mailproof {title}")
    # Rich's template loads a web font, but opening a report must not fetch anything.
    return disarmed(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL), IN_XML)


def _write_all(page: Page, reports: Sequence[Report], look: Look) -> None:
    for number, report in enumerate(reports):
        if number:
            page.blank()
            page.blank()
        _write(page, report, look.quiet)


def _write(page: Page, report: Report, quiet: bool) -> None:
    write_head(page, report)
    if report.facts.recipients and not quiet:
        from mailproof.render.text.placement import write_placement

        write_placement(page, report.facts.placements)
    write_findings(page, report)
    write_unknown(page, report)
    if not quiet:
        write_sections(page, report)


def write_sections(page: Page, report: Report) -> None:
    """Write everything known, a section per topic."""
    facts = report.facts
    # Sections, and the types that they show, are imported only when needed.
    if facts.recipients:
        from mailproof.render.text.recipients import write_recipients

        write_recipients(page, facts)
    elif facts.delivery is not None:
        from mailproof.render.text.delivery import write_delivery

        write_delivery(page, facts.delivery)
    if facts.inbound is not None:
        from mailproof.render.text.inbound import write_inbound

        write_inbound(page, facts.inbound)
    if facts.message is not None and not facts.recipients:
        from mailproof.render.text.message import write_message

        write_message(page, facts.message)
    for domain in (facts.dns, *facts.domains):
        # The verdict already says everything about a name that doesn't exist or a zone that doesn't answer.
        if domain is not None and domain.exists and (page.verbose or not report.nothing_known):
            from mailproof.render.text.domain import write_domain

            write_domain(page, domain, report)
    page.healthy()
    write_evidence(page, report)
