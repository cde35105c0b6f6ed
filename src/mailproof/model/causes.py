"""Findings grouped by cause, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter, itemgetter

from msgspec import Struct

from mailproof.model.findings import CONSEQUENCES, Finding, Rule, Severity

_RANK = attrgetter("severity.rank")


class Cause(Struct, frozen=True):
    """A finding that follows from no other, and all findings that follow from it."""

    finding: Finding
    consequences: tuple[Finding, ...] = ()

    @property
    def all(self) -> tuple[Finding, ...]:
        return (self.finding, *self.consequences)

    @property
    def severity(self) -> Severity:
        """The worst severity among them."""
        return min(self.all, key=_RANK).severity if self.consequences else self.finding.severity


def grouped(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """Group findings by cause, in the order given. A finding whose cause is missing is its own cause."""
    everything = tuple(findings)
    known: dict[str, Finding] = {}
    for finding in everything:
        known.setdefault(finding.fingerprint, finding)
    followers: dict[str, list[Finding]] = {}
    roots: list[Finding] = []
    for finding in everything:
        root = _root(finding, known) if finding.because_of in known else finding
        if root is finding:
            roots.append(finding)
        else:
            followers.setdefault(root.fingerprint, []).append(finding)
    return tuple([Cause(root, tuple(followers.pop(root.fingerprint, ()))) for root in roots])


def worst_first(groups: Iterable[Cause], rules: Iterable[Rule]) -> tuple[Cause, ...]:
    """Sort the causes, and the consequences of each, by severity and then by the rule's ``consequence``."""
    order = {rule.id: CONSEQUENCES.index(rule.consequence) for rule in rules if rule.consequence}

    def badness(finding: Finding) -> tuple[int, int]:
        return finding.severity.rank, order.get(finding.rule, 0)

    found = []
    for each in groups:
        worst, cause = badness(each.finding), each
        if each.consequences:
            after = sorted(each.consequences, key=badness)
            worst, cause = min(worst, badness(after[0])), Cause(each.finding, tuple(after))
        found.append((worst, cause))
    return tuple([cause for _, cause in sorted(found, key=itemgetter(0))])


def _root(finding: Finding, known: dict[str, Finding]) -> Finding:
    """The finding at the start of the chain of causes; the finding itself if the chain is a cycle."""
    seen = {finding.fingerprint}
    root = finding
    while (cause := known.get(root.because_of)) is not None:
        if cause.fingerprint in seen:
            return finding
        seen.add(cause.fingerprint)
        root = cause
    return root
