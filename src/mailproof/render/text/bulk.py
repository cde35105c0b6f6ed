"""The summary of many domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailproof.model.bulk import BulkSummary
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.counts import render_counts
from mailproof.render.text.page import Page
from mailproof.render.text.style import counted, seconds
from mailproof.render.words import entitled

_WORDS = {
    "pass": "no fault",
    "warn": "weaknesses",
    "fail": "faults",
    "unknown": "not known",
    "error": "not checked",
}


def render_bulk(summary: BulkSummary, titles: Mapping[str, str], look: Look = SCREEN) -> str:
    """Counts first, then adoption, policies, the commonest findings, and who did not answer.

    ``titles`` are those of the rules.
    """
    page = Page(look)
    whole = summary.complete == summary.domains and not summary.unfinished
    sign, style = (page.sign("pass"), "mp.pass") if whole else (page.sign("unknown"), "mp.unknown")
    rate = (summary.domains - summary.earlier) / summary.elapsed_s if summary.elapsed_s else 0.0
    page.line(
        (f"{sign} {counted(summary.domains, 'domain')} checked", style),
        f" in {seconds(summary.elapsed_s)} ({rate:.0f} a second), {summary.queries:,} DNS queries",
    )
    for number, words in (
        (
            summary.domains - summary.complete - summary.not_asked,
            "not known in full: some DNS queries have no answer",
        ),
        (summary.not_asked, "not known in full: not in the zones or the recording given, and not queried"),
        (summary.earlier, "checked by an earlier run"),
        (summary.not_found, "not existing"),
        (summary.failed, "not worked on, for a fault"),
        (summary.unreadable, "not a domain: lines of the list"),
        (summary.repeated, "in the list more than once: checked once"),
    ):
        if number:
            page.line(f"{number:,} {words}", indent=2)
    if summary.unfinished:
        page.line("Not finished: if there is a file of results, --resume continues it", indent=2)
    _table(page, "Verdict", [(_WORDS[name], number) for name, number in summary.verdicts], summary.domains)
    _table(page, "Grade", summary.grades, sum(number for _, number in summary.grades))
    adoption = [
        (name, each.have, each.have / each.known if each.known else 0.0) for name, each in summary.adoption
    ]
    render_counts(page, "Published", adoption)
    _table(page, "DMARC policy", summary.dmarc_policies, sum(n for _, n in summary.dmarc_policies))
    _table(page, "Commonest findings", entitled(summary.findings, titles), summary.domains)
    _table(page, "Commonest providers", summary.providers, summary.domains)
    for title, rows in name_servers(summary):
        _table(page, title, rows, summary.domains)
    return page.value


def name_servers(summary: BulkSummary) -> tuple[tuple[str, Sequence[tuple[str, int]]], ...]:
    """The tables of those that cost time: their titles, and names with domains."""
    slow = [
        (f"{each.name} ({seconds(each.seconds)} a domain)", each.domains)
        for each in summary.slowest_name_servers
    ]
    silent = f"Name servers that did not answer: {summary.silent:,}"
    return ("Slowest name servers", slow), (silent, summary.silent_name_servers)


def _table(page: Page, title: str, rows: Sequence[tuple[str, int]], whole: int) -> None:
    render_counts(page, title, [(name, number, number / whole if whole else 0.0) for name, number in rows])
