"""The summary of many domains."""

from __future__ import annotations

from collections.abc import Mapping

from mailproof.model.bulk import BulkSummary
from mailproof.render.look import SCREEN, Look
from mailproof.render.sums import sums_of_domains
from mailproof.render.text.counts import render_sums
from mailproof.render.text.page import Page


def render_bulk(summary: BulkSummary, titles: Mapping[str, str], look: Look = SCREEN) -> str:
    """A line, the tables, and the verdicts again. ``titles`` maps rule ids to titles."""
    page = Page(look)
    status = "pass" if summary.complete == summary.domains and not summary.unfinished else "unknown"
    sums = sums_of_domains(summary, titles)
    title = (f"{page.sign(status)} {sums.title}", f"mp.{status}")
    page.line(title, f" {sums.cost}")
    render_sums(page, sums)
    page.blank()
    page.line(title, f": {', '.join(f'{words} {number:,}' for words, number, _ in sums.verdicts)}")
    return page.value
