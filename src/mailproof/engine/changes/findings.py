"""Findings that come and go between two reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import NamedTuple

from mailproof.engine.changes.keys import unresolved_keys
from mailproof.grouping import grouped
from mailproof.model import Finding, Outcome, Report, Severity
from mailproof.model.changes import Change, Effect

#: Topics with rules that need connections to hosts.
_CONNECTED = ("transport", "dane", "mta_sts", "bimi", "dns")


class _Side(NamedTuple):
    """The side that lacks a finding, and the other one. ``open_keys`` are names where it may miss a key."""

    name: str
    report: Report | None
    other: Report | None
    open_keys: frozenset[str]


def finding_changes(before: Report | None, after: Report) -> Iterator[Change]:
    """Findings that are new, have another severity, or are gone. Without ``before``, all are new."""
    added, both, removed = _matched(before.findings if before is not None else (), after.findings)
    old, new = _side("OLD", before, after), _side("NEW", after, before)
    for finding in added:
        effect: Effect = "neutral" if finding.severity is Severity.INFO else "worse"
        yield _unchecked(finding, old) or _change(finding, effect, f"new {finding.severity}")
    for one, other in both:
        if one.severity is not other.severity:
            effect = "worse" if other.severity.rank < one.severity.rank else "better"
            yield _change(other, effect, f"{other.severity}, was {one.severity}")
    for finding in removed:
        yield _unchecked(finding, new) or _removed(finding, after)


def _side(name: str, report: Report | None, other: Report | None) -> _Side:
    return _Side(name, report, other, frozenset(key.name for key in unresolved_keys(report, other)))


def _matched(
    before: tuple[Finding, ...], after: tuple[Finding, ...]
) -> tuple[list[Finding], list[tuple[Finding, Finding]], list[Finding]]:
    """The findings only after, in both and only before.

    Matched by fingerprint; then by rule, subject and name, since the text pointed at may differ.
    """
    removed, added, both = list(before), list(after), list[tuple[Finding, Finding]]()
    keys: tuple[Callable[[Finding], object], ...] = (attrgetter("fingerprint"), attrgetter("place"))
    for key in keys:
        waiting = grouped(removed, key)
        rest: list[Finding] = []
        for finding in added:
            same = waiting.get(key(finding))
            if same:
                both.append((same.pop(0), finding))
            else:
                rest.append(finding)
        removed, added = [each for left in waiting.values() for each in left], rest
    return added, both, removed


def _removed(finding: Finding, after: Report) -> Change:
    outcome = _outcome(after, finding)
    if outcome is None or outcome.status == "skipped":
        return _change(finding, "neutral", f"{finding.severity}, no longer applies")
    return _change(finding, "better", f"fixed {finding.severity}")


def _unchecked(finding: Finding, side: _Side) -> Change | None:
    """The change for a finding that one side lacks because it could not or did not check; else None."""
    outcome, where = _outcome(side.report, finding), finding.location
    if (outcome is not None and outcome.open) or (where is not None and where.name in side.open_keys):
        effect: Effect = "neutral" if finding.severity is Severity.INFO else "unknown"  # an info never counts
        return _change(finding, effect, f"{finding.severity}, could not be checked in {side.name}")
    if side.report and side.other and _unconnected(side.report, side.other, outcome, finding):
        return _change(finding, "neutral", f"{finding.severity}, not checked in {side.name}")
    return None


def _outcome(report: Report | None, finding: Finding) -> Outcome | None:
    """The outcome of a finding's rule in a report, for the same subject if possible."""
    found = [each for each in report.outcomes if each.check == finding.rule] if report is not None else []
    return next((each for each in found if each.subject == finding.subject), found[0] if found else None)


def _unconnected(without: Report, other: Report, outcome: Outcome | None, finding: Finding) -> bool:
    """Whether a rule may be missing from one report because only the other connected to hosts."""
    topic = next((rule.topic for rule in (*without.rules, *other.rules) if rule.id == finding.rule), "")
    return (
        topic in _CONNECTED
        and _connected(other)
        and not _connected(without)
        and (outcome is None or outcome.status == "skipped")
    )


def _connected(report: Report) -> bool:
    facts = report.facts.dns
    return facts is not None and facts.transport is not None and facts.transport.connected


def _change(finding: Finding, effect: Effect, state: str) -> Change:
    return Change(
        "findings",
        effect,
        f"{state}: {finding.rule} {finding.message}",
        f"{state[:1].upper()}{state[1:]}: {finding.rule} {finding.message}",
        names=(finding.rule,),
        rule=finding.rule,
        severity=finding.severity,
    )
