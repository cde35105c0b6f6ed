"""The report: the immutable result of a run."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cached_property
from typing import Literal

from msgspec import Struct

from mailproof.model.causes import Cause, grouped, worst_first
from mailproof.model.deciding import Deciding, deciding
from mailproof.model.delivery import DeliveryFacts
from mailproof.model.domain import DomainFacts
from mailproof.model.findings import Finding, Impossible, Outcome, OutcomeStatus, Rule
from mailproof.model.inbound import InboundFacts
from mailproof.model.lookup import Instant
from mailproof.model.message import MessageFacts
from mailproof.model.placement import Placement, RecipientFacts

SCHEMA_VERSION = "2"


class Tool(Struct, frozen=True):
    """The program that wrote the report."""

    name: str = "mailproof"
    version: str = ""


class Deduction(Struct, frozen=True):
    """Points deducted for one rule: its findings together with everything that follows from them."""

    rule: str
    points: int
    reason: str


class Score(Struct, frozen=True):
    """The grade (A to F) and how it was computed. See docs/scoring.md.

    ``grade`` is None if something that decides is unknown; ``withheld`` says what. ``not_possible`` counts
    the checks that could not be made: the grade covers the others. ``complete``: there are none.
    """

    grade: str | None
    points: int
    deductions: tuple[Deduction, ...] = ()
    complete: bool = True
    not_possible: int = 0
    withheld: tuple[str, ...] = ()


class Suppressed(Struct, frozen=True):
    """A finding left out of the report by the user's policy, and why (``reason`` is the user's own)."""

    rule: str
    subject: str
    reason: str
    finding: Finding


class Accepted(Struct, frozen=True):
    """An ``[[ignore]]`` of mailproof.toml, or a comment in a zone file: findings accepted until ``expires``.

    ``rule`` is an id or a prefix; ``subject`` the domain that it applies to ("": all). A comment
    applies to the record at ``owner``, in ``file`` at ``line``. ``state`` is its state in a report:
    ``unused`` if its rules ran and found nothing that it accepts.
    """

    rule: str
    subject: str = ""
    reason: str = ""
    expires: date | None = None
    state: Literal["", "used", "unused", "expired"] = ""
    owner: str = ""
    file: str = ""
    line: int | None = None


class NotPossibleHere(Struct, frozen=True):
    """What this machine cannot check, whatever the domain; ``checks`` are the rules left out."""

    what: Impossible
    why: str
    checks: tuple[str, ...]


class Facts(Struct, frozen=True, dict=True):  # the dict is for cached properties
    """All facts of a run. ``dns`` is the subject's (or From domain's), ``domains`` the others involved.

    A probe has ``placements``, one per recipient. If it has several recipients, they are all in
    ``recipients``, and ``delivery`` and ``message`` are those of the first.

    ``inbound`` are the messages that the subject's server should refuse.
    """

    dns: DomainFacts | None = None
    message: MessageFacts | None = None
    delivery: DeliveryFacts | None = None
    domains: tuple[DomainFacts, ...] = ()
    placements: tuple[Placement, ...] = ()
    recipients: tuple[RecipientFacts, ...] = ()
    inbound: InboundFacts | None = None

    @cached_property
    def deciding(self) -> tuple[Deciding, ...]:
        """What the verdict depends on, and whether it is known."""
        if not self.recipients:
            return deciding(self.dns, self.message, self.delivery)
        of_messages = (deciding(None, each.message, each.delivery) for each in self.recipients)
        return (*deciding(self.dns, None, None), *(each for found in of_messages for each in found))


class Report(Struct, frozen=True, dict=True):  # the dict is for cached properties
    """Everything about one subject: immutable, renderable, comparable.

    ``rules`` are those that found something; ``selected`` the only ones that were checked (empty: all);
    ``accepted`` are the ``[[ignore]]`` entries of the configuration that concern it, with their state.
    ``not_possible_here`` does not count for verdict, grade and exit code: see ``--require``.
    """

    schema_version: str
    tool: Tool
    started: Instant
    subject: str
    outcomes: tuple[Outcome, ...]
    facts: Facts
    score: Score
    suppressed: tuple[Suppressed, ...] = ()
    rules: tuple[Rule, ...] = ()
    elapsed_s: float = 0.0
    interrupted: bool = False
    selected: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    not_possible_here: tuple[NotPossibleHere, ...] = ()

    @cached_property
    def grouped(self) -> tuple[Cause, ...]:
        """The findings grouped by cause, in the order of the outcomes."""
        return grouped([finding for outcome in self.with_findings for finding in outcome.findings])

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """``grouped``, the worst first."""
        return worst_first(self.grouped, self.rules)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of ``causes``, each cause followed by its consequences."""
        return tuple(finding for cause in self.causes for finding in cause.all)

    @cached_property
    def with_findings(self) -> tuple[Outcome, ...]:
        """The outcomes with findings."""
        return tuple([each for each in self.outcomes if each.findings])

    @cached_property
    def open(self) -> tuple[Outcome, ...]:
        """The outcomes of what could not be checked (not: of what did not apply)."""
        maybe = [each for each in self.outcomes if each.unanswered or each.status in ("unknown", "error")]
        return tuple([each for each in maybe if each.open])

    @cached_property
    def statuses(self) -> Counter[OutcomeStatus]:
        """The number of outcomes by status."""
        return Counter([each.status for each in self.outcomes])

    @cached_property
    def incomplete(self) -> bool:
        """Whether something could not be checked, or something that decides could not be looked up.

        If only some rules were selected, these decide: each selection needs a result.
        """
        if self.interrupted or self.statuses["unknown"] or self.statuses["error"]:
            return True
        if self.selected:
            return any(map(self._unchecked, self.selected))
        return self.nothing_known or any(each.failed and not each.known for each in self.facts.deciding)

    @property
    def nothing_known(self) -> bool:
        """Whether nothing that decides is known: a dead zone, or one that was not queried."""
        if self.selected:
            return all(map(self._unchecked, self.selected))
        found = self.facts.deciding
        return bool(found) and not any(each.known for each in found)

    def _unchecked(self, prefix: str) -> bool:
        """Whether none of the rules with this id prefix could be checked, for lack of answers."""
        found = [outcome for outcome in self.outcomes if outcome.check.startswith(prefix)]
        checked = any(outcome.status in ("pass", "warn", "fail") for outcome in found)
        return not checked and any(outcome.open for outcome in found)
