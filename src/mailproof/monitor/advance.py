"""Compute the new known state, and the changes to report, from the old state and a report. Pure.

A change counts once ``alert_after`` consecutive checks have seen it. A part that could not be checked keeps
its state and its count: unknown is no change.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from mailproof.checks import registry
from mailproof.model import Report
from mailproof.monitor.events import FirstSeen, Kind, Known, News
from mailproof.monitor.limits import EVENT_TEXT, MOST_LABELS
from mailproof.monitor.marks import GOOD_ARRIVALS, changed, is_arrival, is_removed, mark_name, marks_of
from mailproof.monitor.parts import compact, parts, severity_counts
from mailproof.monitor.placement import Placement, own_failures, placements
from mailproof.printable import counted
from mailproof.structs import replace


class Step(Struct, frozen=True):
    """What is known after a check, and the changes to report now."""

    known: Known
    news: tuple[News, ...] = ()


def advance(
    known: Known | None, report: Report, kind: Kind, *, alert_after: int, silent: bool, at: float
) -> Step:
    """Apply one report. While ``silent``, no change counts; one that persists counts afterwards."""
    seen, marks = compact(report, kind), marks_of(report, kind)
    if known is None:
        first = {name: value for name, value in marks.items() if not _is_lost(name, value)}
        if first != marks or own_failures(report):
            ours = tuple(each for each in seen.outcomes if not _is_delivery_finding(f"finding {each.check}"))
            seen = replace(seen, outcomes=ours)
        begun = Known(seen, first, {}, _keys_seen({}, report, at))
        news = (News("first", "neutral", _first_check(report, kind)),)
        later = _Comparison(begun, report, kind, alert_after, silent)
        later.marks(marks)
        return Step(later.known, (*news, *later.news))
    if kind == "probe":  # receivers that are no longer configured
        kept = {name: value for name, value in known.marks.items() if not is_removed(name, report)}
        known = replace(known, marks=kept)
    comparison = _Comparison(known, report, kind, alert_after, silent)
    comparison.marks({name: value for name, value in marks.items() if name != "grade"})
    comparison.parts(seen)
    comparison.marks({name: value for name, value in marks.items() if name == "grade"})
    found = comparison.known
    score = replace(found.report, score=report.score) if report.score.grade else found.report
    keys = _keys_seen(known.keys, report, at)
    return Step(replace(found, report=score, keys=keys), tuple(comparison.news))


class _Comparison:
    """Compares one report with what is known, and collects the new state and the news."""

    def __init__(self, known: Known, report: Report, kind: Kind, alert_after: int, silent: bool) -> None:
        self.known, self._report, self._kind = known, report, kind
        self._after, self._silent = alert_after, silent
        self.news: list[News] = []
        # Why a probe did not arrive is part of its arrival, so it is not repeated as a finding; trouble on
        # our own side is no change.
        seen = (*known.marks.items(), *marks_of(report, kind).items())
        self._ignores_delivery = any(_is_lost(*each) for each in seen) or bool(own_failures(report))

    def marks(self, marks: dict[str, str]) -> None:
        for name, value in marks.items():
            # A probe is expected to arrive: if the first one does not, that is a change, from nothing known.
            expected = "" if _is_lost(name, value) else None
            old = self.known.marks.get(name, expected)
            found = changed(name, old, value, self._report) if old is not None else None
            if self._adopt(name, (found,) if found is not None else ()):
                self.known = replace(self.known, marks={**self.known.marks, name: value})

    def parts(self, seen: Report) -> None:
        for part in parts(self.known.report, seen):
            if not part.known or (self._ignores_delivery and _is_delivery_finding(part.name)):
                continue
            if self._adopt(part.name, part.news if part.was_known else ()):
                self.known = replace(self.known, report=part.take(self.known.report))

    def _adopt(self, name: str, news: tuple[News, ...]) -> bool:
        """Whether the part's new state is adopted; if so, its changes are reported."""
        pending = dict(self.known.pending)
        before = pending.pop(name, 0)
        taken = not news or (before + 1 >= self._after and not self._silent)
        if taken:
            self.news += news
        else:
            pending[name] = min(before + 1, self._after)
        if pending != self.known.pending:
            self.known = replace(self.known, pending=pending)
        return taken


def _is_lost(name: str, value: str) -> bool:
    """Whether a mark is the arrival of a probe that did not arrive."""
    return is_arrival(name) and value not in GOOD_ARRIVALS


def _is_delivery_finding(part: str) -> bool:
    """Whether the part is a finding about sending or fetching."""
    kind, _, rule = part.partition(" ")
    return kind == "finding" and registry.topic_of(rule).kind == "delivery"


def _keys_seen(known: dict[str, FirstSeen], report: Report, at: float) -> dict[str, FirstSeen]:
    """When each DKIM key was first seen; one that could not be looked up is kept."""
    found = dict(known)
    for each in report.facts.dns.dkim if report.facts.dns is not None else ():
        if each.status == "valid" and each.record is not None:
            mark = hashlib.sha256(each.record.public_key.encode("utf-8", "replace")).hexdigest()[:32]
            if each.selector not in found or found[each.selector].key != mark:
                found[each.selector] = FirstSeen(mark, at)
        elif each.status != "unknown":
            found.pop(each.selector, None)
    return dict(list(found.items())[:MOST_LABELS])


def _first_check(report: Report, kind: Kind) -> str:
    """A sentence on the result of the first check."""
    marks = marks_of(report, kind)
    if kind == "domain":
        said = f"grade {report.score.grade or 'unknown'}"
    else:
        said = "; ".join(_at_receiver(placed, marks) for placed in placements(report)) or "arrival unknown"
    open_checks = len(report.open)
    unknown = f"; {counted(open_checks, 'check')} without a result" if open_checks else ""
    return f"First check: {said[:EVENT_TEXT]}; {severity_counts(compact(report, kind).findings)}{unknown}."


def _at_receiver(placed: Placement, marks: dict[str, str]) -> str:
    arrival: str = placed.arrival or "arrival unknown"
    if folder := marks.get(mark_name("folder", placed)):
        arrival = f"arrived in {folder}"
    auth = [f"{name.upper()} {result}" for name, result in placed.auth]
    return ", ".join([f"{placed.receiver}: {arrival}" if placed.named else arrival, *auth])
