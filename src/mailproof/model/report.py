"""The one immutable result of a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mailproof.frozen import frozen
from mailproof.model.findings import Finding, Outcome, Rule
from mailproof.model.lookup import UNASKED

if TYPE_CHECKING:
    from mailproof.model.delivery import DeliveryFacts
    from mailproof.model.domain import DomainFacts
    from mailproof.model.message import MessageFacts

SCHEMA_VERSION = "1"
#: So many checks that were not asked for each one that was, and the report says nothing of the subject.
MOST_UNASKED = 20


@frozen
class Tool:
    """Who wrote the report."""

    name: str = "mailproof"
    version: str = ""


@frozen
class Deduction:
    """Points that one rule cost."""

    rule: str
    points: int
    reason: str


@frozen
class Score:
    """The grade (A to F, or ``?`` where too much is unknown) and what it is made of. See docs/scoring.md."""

    grade: str
    points: int
    deductions: tuple[Deduction, ...] = ()
    complete: bool = True


@frozen
class Facts:
    """All that was found out. ``dns`` is the subject's (or From domain's), ``domains`` the others in play."""

    dns: DomainFacts | None = None
    message: MessageFacts | None = None
    delivery: DeliveryFacts | None = None
    domains: tuple[DomainFacts, ...] = ()


@frozen
class Report:
    """Everything about one subject: immutable, renderable, comparable."""

    schema_version: str
    tool: Tool
    started: datetime
    subject: str
    outcomes: tuple[Outcome, ...]
    facts: Facts
    score: Score
    suppressed: tuple[Finding, ...] = ()
    rules: tuple[Rule, ...] = ()
    elapsed_s: float = 0.0
    interrupted: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, the worst first."""
        return tuple(sorted(self._each(), key=lambda f: f.severity.rank))

    def _each(self) -> Iterator[Finding]:
        for outcome in self.outcomes:
            yield from outcome.findings

    @property
    def incomplete(self) -> bool:
        """Whether something could not be found out."""
        unknown = any(outcome.status in ("unknown", "error") for outcome in self.outcomes)
        return self.interrupted or unknown or self.nothing_asked

    @property
    def nothing_asked(self) -> bool:
        """Whether no check could judge a record, since what it needs was not to be asked (offline).

        A few checks judge what was given (a selector, say) and pass all the same.
        """
        judged = sum(outcome.status in ("pass", "warn", "fail") for outcome in self.outcomes)
        unasked = sum(UNASKED in outcome.reason for outcome in self.outcomes)
        return unasked > MOST_UNASKED * judged and not self.findings
