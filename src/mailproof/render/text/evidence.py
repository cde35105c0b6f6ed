"""The last section, the evidence: every DNS lookup and its answer."""

from __future__ import annotations

from rich.text import Text

from mailproof.model import Lookup, Report
from mailproof.render.shown import clean, counted, seconds
from mailproof.render.text.page import Page


def write_evidence(page: Page, report: Report) -> None:
    """One line of totals, and with ``-v`` every lookup."""
    lookups = _lookups(report)
    unasked = sum(lookup.status == "unasked" for lookup in lookups)
    failed = sum(lookup.undetermined for lookup in lookups) - unasked
    servers = list(dict.fromkeys(lookup.server for lookup in lookups if lookup.server and lookup.found))
    page.heading("Evidence")
    asked = ", ".join(clean(server) for server in servers[:3]) + (" and others" if len(servers) > 3 else "")
    page.line(
        counted(len(lookups), "DNS lookup")
        + (f" at {asked}" if asked else "")
        + f", {failed} unanswered"
        + (f", {unasked} not queried" if unasked else "")
        + f" {page.signs.dot} {report.tool.name} {report.tool.version} {page.signs.dot}"
        f" {report.started:%Y-%m-%d %H:%M:%S} UTC {page.signs.dot} {seconds(report.elapsed_s)}",
        indent=2,
    )
    if page.verbose:
        page.table(("type", "name", "state", "answer"), [_row(lookup) for lookup in lookups], indent=2)


def _lookups(report: Report) -> tuple[Lookup, ...]:
    facts = report.facts
    parts = (facts.dns, *facts.domains, facts.message, *(each.message for each in facts.recipients))
    unique = {
        (lookup.name, lookup.rrtype): lookup for part in parts if part is not None for lookup in part.lookups
    }
    return tuple(unique.values())


def _row(lookup: Lookup) -> tuple[str | Text, ...]:
    answer = " | ".join(lookup.records)
    if lookup.chain:
        answer = f"via {' via '.join(lookup.chain)}: {answer}"
    style = "mp.unknown" if lookup.undetermined else ""
    return lookup.rrtype, lookup.name, Text(lookup.status, style), answer
