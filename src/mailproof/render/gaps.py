"""What could not be checked, grouped by cause, so that no format omits it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from mailproof.grouping import grouped
from mailproof.model import STATUS_SHORT, Impossible, Outcome, Report, Status
from mailproof.model.findings import letters_of
from mailproof.names import is_within
from mailproof.printable import first_of
from mailproof.render.shown import clean

#: At most this many lookups or checks are named in one line.
MOST_NAMED = 3
#: Reasons are truncated to this length.
MOST_TEXT = 240

HERE: dict[Impossible, str] = {
    "transport": "TLS of the mail hosts",
    "authority": "the name servers one by one",
}
#: ``failed`` makes the report incomplete; ``unasked``: ``--offline``; ``here``: impossible on this machine.
GapKind = Literal["failed", "unasked", "here"]


class GapCause(Struct, frozen=True):
    """One kind of failure: a status of a server for the names of one domain, or a reason in words."""

    subject: str
    reason: str = ""
    status: Status | None = None
    server: str = ""
    zone: str = ""


class Gap(Struct, frozen=True):
    """Checks of one subject that could not be made for the same reason (``words``, safe to show).

    ``checks`` is empty if a deciding fact is unknown but no check reports that.
    """

    kind: GapKind
    subject: str
    checks: tuple[str, ...]
    words: str

    @property
    def title(self) -> str:
        """The kind of gap, in words."""
        return {"failed": "could not check", "unasked": "not queried", "here": "not checked from here"}[
            self.kind
        ]

    @property
    def said(self) -> str:
        """What is unknown, and why."""
        return self.words if self.words.startswith(self.title) else f"{self.title}: {self.words}"

    @property
    def sentence(self) -> str:
        """The gap in one line."""
        return f"{self.said} ({named_checks(self.checks)})" if self.checks else self.said


def gaps(report: Report) -> tuple[Gap, ...]:
    """Everything that could not be checked, beginning with what makes the report incomplete."""
    found: list[Gap] = []
    sorts: tuple[tuple[GapKind, Sequence[Outcome]], ...] = (
        ("failed", failed_of(report)),
        ("unasked", unasked_of(report)),
    )
    for kind, outcomes in sorts:
        for cause, hidden in by_cause(outcomes).items():
            checks = tuple(each.check for each in hidden)
            found.append(Gap(kind, cause.subject, checks, words_of(cause, hidden)))
    if report.incomplete and not any(each.kind == "failed" for each in found):
        found.insert(0, Gap("failed", report.subject, (), _undecided(report)))
    found += [
        Gap("here", report.subject, each.checks, f"{HERE[each.what]}: {clean(each.why)}")
        for each in report.not_possible_here
    ]
    return tuple(found)


def failed_of(report: Report) -> tuple[Outcome, ...]:
    """The outcomes that are unknown, or lost to an internal error."""
    return tuple(each for each in report.open if each.unchecked)


def unasked_of(report: Report) -> tuple[Outcome, ...]:
    """The outcomes for which no query was sent (``--offline``)."""
    return tuple(each for each in report.open if each.status == "skipped")


def by_cause(outcomes: Iterable[Outcome]) -> dict[GapCause, list[Outcome]]:
    """Group open outcomes by cause."""
    return grouped(outcomes, _cause)


def _undecided(report: Report) -> str:
    if report.interrupted:
        return "the run was interrupted"
    said = "; ".join(each.removeprefix("unknown: ") for each in report.score.withheld)
    return clean(said) or "something that decides is not known"


def _cause(outcome: Outcome) -> GapCause:
    """The cause of an open outcome: of several unanswered lookups, the first that was sent."""
    first = next((each for each in outcome.unanswered if each.status != "unasked"), None)
    first = first or next(iter(outcome.unanswered), None)
    if first is None:
        return GapCause(outcome.subject, outcome.reason)
    if first.status == "unasked":
        return GapCause(outcome.subject, status=first.status)
    return GapCause(outcome.subject, "", first.status, first.server, _zone(first.name, outcome.subject))


def _zone(name: str, subject: str) -> str:
    """The audited domain if it contains the name, else roughly the zone of the name."""
    if is_within(name, subject):
        return subject
    while name.startswith("_") and "." in name:
        name = name.partition(".")[2]
    return name.partition(".")[2] if name.count(".") > 1 else name


def words_of(cause: GapCause, hidden: Sequence[Outcome]) -> str:
    """The cause in words that are safe to show."""
    if cause.status is None:
        return _cut(cause.reason) or "no reason given"
    short = STATUS_SHORT[cause.status]
    same = [
        each
        for outcome in hidden
        for each in outcome.unanswered
        if (each.status, each.server) == (cause.status, cause.server)
    ]
    what = tuple(dict.fromkeys(f"{each.rrtype} {each.name}" for each in same))
    alone = cause.zone == cause.subject and len(what) > 1
    named = clean(cause.zone if alone else first_of(what, MOST_NAMED))
    why = next((each.reason for each in same if each.reason), "")
    if cause.server and cause.status != "timeout":
        # A server's own words, such as extended errors (RFC 8914), are shown with -v.
        why = "" if cause.status == "bogus" else why.partition(" (EDE ")[0]
    why = _cut(why)
    if not why:
        return f"{named}: {short}{f' from {clean(cause.server)}' if cause.server else ''}"
    return f"{named}: {why if cause.status == 'unasked' or short in why else f'{short} ({why})'}"


def _cut(text: str) -> str:
    shown = clean(text)
    return shown if len(shown) <= MOST_TEXT else f"{shown[:MOST_TEXT]}…"


def named_checks(ids: Sequence[str]) -> str:
    """The ids of the checks if there are few, else their number and topics."""
    if len(ids) <= MOST_NAMED:
        return ", ".join(ids)
    return f"{len(ids)} checks: {', '.join(dict.fromkeys(map(letters_of, ids)))}"
