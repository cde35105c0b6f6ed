"""The summary of many domains or messages: words and tables for both text and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from mailproof.model.bulk import BulkSummary, Share
from mailproof.model.many_messages import MessagesSummary, SenderCount
from mailproof.render.shown import counted, seconds
from mailproof.render.words import entitled

#: The name, the number, and its share of a whole.
Line = tuple[str, int, float]

#: Worst first.
_VERDICTS = {"fail": "faults", "warn": "weaknesses", "unknown": "not known", "pass": "no fault"}


class Sums(Struct, frozen=True):
    """``notes`` list irregularities; tables without lines are not shown."""

    title: str
    cost: str
    notes: tuple[str, ...]
    tables: tuple[tuple[str, list[Line]], ...]

    @property
    def verdicts(self) -> list[Line]:
        """The first table."""
        return self.tables[0][1]


def sums_of_domains(summary: BulkSummary, titles: Mapping[str, str]) -> Sums:
    """Counts first, then adoption, policies, the most common findings, and unresponsive name servers.

    ``titles`` maps rule ids to titles.
    """
    whole = summary.domains
    rate = (whole - summary.earlier) / summary.elapsed_s if summary.elapsed_s else 0.0
    asked = "query" if summary.queries == 1 else "queries"
    speed = f" ({rate:.0f} a second)" if rate >= 1 else ""
    slow = [
        (f"{each.name} ({seconds(each.seconds)} a domain)", each.domains)
        for each in summary.slowest_name_servers
    ]
    notes = (
        (whole - summary.complete - summary.not_asked, "not known in full: some DNS queries have no answer"),
        (summary.not_asked, "not known in full: not in the zones or the recording given, and not queried"),
        (summary.earlier, "checked by an earlier run"),
        (summary.not_found, "not existing"),
        (summary.failed, "not worked on, for a fault"),
        (summary.unreadable, "not a domain: lines of the list"),
        (summary.repeated, "in the list more than once: checked once"),
    )
    silent = _of(summary.silent_name_servers, whole)
    return Sums(
        f"{counted(whole, 'domain')} checked",
        f"in {seconds(summary.elapsed_s)}{speed}, {summary.queries:,} DNS {asked}",
        _notes(notes, summary.unfinished, "if there is a file of results, --resume continues it"),
        (
            ("Verdict", _verdicts(summary.verdicts, whole, "not checked")),
            ("Grade", _of(summary.grades)),
            ("Published", _shares(summary.adoption)),
            ("DMARC policy", _of(summary.dmarc_policies)),
            ("Commonest findings", _of(entitled(summary.findings, titles), whole)),
            ("Commonest providers", _of(summary.providers, whole)),
            ("Slowest name servers", _of(slow, whole)),
            (f"Name servers that did not answer: {summary.silent:,}", silent),
        ),
    )


def sums_of_messages(summary: MessagesSummary, titles: Mapping[str, str]) -> Sums:
    """Verdicts, results, senders, keys, and first findings. ``titles`` maps rule ids to titles."""
    whole = summary.messages
    notes = (
        (whole - summary.complete - summary.unread, "not known in full: something could not be checked"),
        (summary.unread, "could not be read"),
        (summary.more_senders, "more senders are not listed"),
        (summary.more_selectors, "more keys are not listed"),
    )
    return Sums(
        f"{counted(whole, 'message')} verified",
        "",
        _notes(notes, summary.unfinished, "the rest was not verified"),
        (
            ("Verdict", _verdicts(summary.verdicts, whole, "could not be read")),
            ("SPF", _of(summary.spf)),
            ("DKIM", _of(summary.dkim)),
            ("DMARC", _of(summary.dmarc)),
            ("Senders, with their messages and the share that passes DMARC", _passing(summary.senders)),
            ("DKIM keys, with their signatures and the share that passes", _passing(summary.selectors)),
            ("First finding", _of(entitled(summary.findings, titles), whole)),
        ),
    )


def _notes(counts: Iterable[tuple[int, str]], unfinished: bool, rest: str) -> tuple[str, ...]:
    found = tuple(f"{number:,} {words}" for number, words in counts if number)
    return (*found, f"Not finished: {rest}") if unfinished else found


def _verdicts(rows: Sequence[tuple[str, int]], whole: int, error: str) -> list[Line]:
    counts = dict(rows)
    named = [(words, counts.pop(name)) for name, words in _VERDICTS.items() if name in counts]
    return _of([*((error, number) for number in counts.values()), *named], whole)


def _of(rows: Sequence[tuple[str, int]], whole: int = 0) -> list[Line]:
    """Add the share of ``whole`` to each row; 0 means the sum of the rows."""
    whole = whole or sum(number for _, number in rows)
    return [(name, number, number / whole if whole else 0.0) for name, number in rows]


def _shares(rows: Sequence[tuple[str, Share]]) -> list[Line]:
    return [(name, each.have, each.have / each.known) for name, each in rows if each.known]


def _passing(rows: Sequence[SenderCount]) -> list[Line]:
    return [(each.name, each.messages, each.passed / max(1, each.messages)) for each in rows]
