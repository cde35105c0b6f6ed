"""Many domains as a table: one line each, as they are finished."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.text import Text

from mailproof.model import Cause, Report, Severity
from mailproof.model.findings import letters_of
from mailproof.printable import first_of
from mailproof.render.look import Look
from mailproof.render.scorecard import scorecard
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean, counted
from mailproof.render.verdict import verdict

#: The topics with a column, and the minimum page width to show it.
_TOPICS = (("SPF", 0), ("DKIM", 0), ("DMARC", 0), ("MX", 0), ("TLS", 0), ("MTA-STS", 100), ("DANE", 120))
#: The most domains named in a line about incomplete ones.
MOST_NAMED = 5


class DomainTable:
    """Renders a line per domain; the first column fits the given names."""

    def __init__(self, look: Look, names: Sequence[str]) -> None:
        self._look = look
        page = Page(look)
        self._topics = [topic for topic, least in _TOPICS if page.width >= least]
        self._name = max(6, min(page.width // 3, max(map(len, names), default=6)))

    def head(self) -> str:
        page = Page(self._look)
        row = f"  {'domain':<{self._name}} grade {' '.join(self._topics)} first finding"
        page.console.print(Text(row, style="mp.dim"), no_wrap=True, overflow="ellipsis")
        return page.value

    def line(self, report: Report) -> str:
        page = Page(self._look)
        found = verdict(report)
        name = clean(report.subject)
        if len(name) > self._name:
            name = f"…{name[1 - self._name :]}"
        row = Text.assemble(
            (page.sign(found.status), f"mp.{found.status}"),
            f" {name:<{self._name}} ",
            (f"{report.score.grade or page.signs.none:<5} ", f"mp.{found.status}"),
        )
        marks = {each.topic: each.status for each in scorecard(report)}
        for topic in self._topics:
            status = marks.get(topic)
            sign = page.sign(status) if status is not None else ""
            row.append(sign, style=f"mp.{status}" if status else "").append(
                " " * (len(topic) + 1 - len(sign))
            )
        cause = next(iter(report.causes), None)
        if report.nothing_known or (report.facts.dns is not None and not report.facts.dns.exists):
            named = rf"^(\S+ \()?{re.escape(report.subject)}\)? "
            row.append(clean(re.sub(named, "", found.sentence)))
        elif cause is not None:
            row.append(_in_short(cause, report), style="mp.dim" if cause.severity is Severity.INFO else "")
        page.console.print(row, no_wrap=True, overflow="ellipsis")
        return page.value

    def unknown(self, late: Sequence[str], other: Sequence[str], limit: float) -> str:
        """The incomplete domains: those that timed out, and others; "" for none."""
        page = Page(self._look)
        if late:
            page.line(
                (f"{page.sign('unknown')} {counted(len(late), 'domain')} not known in full", "mp.unknown"),
                f": the time limit of {limit:g} s was over ({listed(late)}). Raise --timeout, "
                "or use mailproof bulk, which tries them again.",
            )
        if other:
            page.line(
                (f"{page.sign('unknown')} {counted(len(other), 'domain')} not known in full", "mp.unknown"),
                f": something could not be checked ({listed(other)}).",
            )
        return page.value


def _in_short(cause: Cause, report: Report) -> str:
    """The rule and its title, without the topic that the rule's id names."""
    rule = cause.finding.rule
    title = next((each.title for each in report.rules if each.id == rule), cause.finding.message)
    return f"{rule} {clean(title.removeprefix(f'{letters_of(rule)}: '))}"


def listed(names: Sequence[str]) -> str:
    """The first few names, and the number of others."""
    return clean(first_of(names, MOST_NAMED))
