"""What every rule is made of: a Rule, a pure function, and two ways to say that it cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from mailproof.frozen import frozen
from mailproof.model import Finding, Fix, Location, Lookup, Rule, Severity

F = TypeVar("F")
#: So many lookups are named in the reason of an outcome.
MOST_NAMED = 5


class Undetermined(Exception):
    """Raised in a check where the facts it needs could not be found out: the outcome is ``unknown``.

    ``lookups`` are the DNS questions without an answer that are behind it, where there are any: where nobody
    was asked on purpose the outcome is ``skipped``, and what one dead zone hides is told once. Findings
    yielded before are kept.
    """

    def __init__(self, reason: str, lookups: Iterable[Lookup] = ()) -> None:
        super().__init__(reason)
        self.lookups = tuple(lookups)

    @classmethod
    def of(cls, *lookups: Lookup) -> Undetermined:
        """For these lookups that came to nothing; the first few are named."""
        return cls("; ".join(lookup.describe() for lookup in lookups[:MOST_NAMED]), lookups)


class NotApplicable(Exception):
    """Raised in a check that has nothing to judge here: the outcome is ``skipped``, with the reason."""


class AnyCheck(Protocol):
    """A check of any kind of facts, for who asks about its rule alone."""

    @property
    def rule(self) -> Rule:
        """The rule."""
        ...

    @property
    def doc(self) -> str:
        """Its page."""
        ...


@frozen
class Check(Generic[F]):
    """A rule with its function from facts to findings. ``doc`` is the docstring of the rule's module."""

    rule: Rule
    run: Callable[[F], Iterator[Finding]]
    doc: str


def report(
    rule: Rule,
    subject: str,
    message: str,
    *,
    location: Location | None = None,
    evidence: tuple[str, ...] = (),
    fix: Fix | None = None,
    severity: Severity | None = None,
    because_of: str = "",
) -> Finding:
    """A finding of ``rule``; ``severity`` only where it differs from the rule's own.

    ``because_of`` is for who knows the very finding that it follows from; see ``Rule.because_of`` else.
    """
    return Finding(
        rule=rule.id,
        severity=severity or rule.severity,
        subject=subject,
        message=message,
        location=location,
        evidence=evidence,
        fix=fix,
        because_of=because_of,
    )
