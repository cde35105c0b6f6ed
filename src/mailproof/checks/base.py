"""What every rule is made of: a Rule, a pure function, and two ways to say that it cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from mailproof.frozen import frozen
from mailproof.model import Finding, Fix, Location, Rule, Severity

F = TypeVar("F")


class Undetermined(Exception):
    """Raised in a check where the facts it needs could not be found out: the outcome is ``unknown``.

    Findings yielded before are kept.
    """


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
) -> Finding:
    """A finding of ``rule``; ``severity`` only where it differs from the rule's own."""
    return Finding(
        rule=rule.id,
        severity=severity or rule.severity,
        subject=subject,
        message=message,
        location=location,
        evidence=evidence,
        fix=fix,
    )
