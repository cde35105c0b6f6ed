"""What every rule is made of: a Rule, a pure function, and two ways to say that it cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from mailproof.model import Consequence, Finding, Fix, Location, Lookup, Rule, Severity

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


#: Of which domains a rule is judged: of all, of those that send mail, that receive it, that are not parked.
Profiles = Literal["all", "sending", "receiving", "in use"]


class Declaration(Struct, frozen=True):
    """What a rule's module says of itself: the rule, its page, and what sets it apart from its topic.

    ``needs`` are fields of the facts that it reads beside those of its topic; ``profiles`` where it is judged
    of other domains than its topic is.
    """

    rule: Rule
    page: str
    needs: frozenset[str]
    profiles: Profiles | None


def declare(
    module: str,
    page: str | None,
    severity: Severity,
    *,
    because_of: tuple[str, ...] = (),
    consequence: Consequence | None = None,
    needs: tuple[str, ...] = (),
    profiles: Profiles | None = None,
) -> Declaration:
    """The declaration of a rule, from the name and the docstring of its module.

    The module ``checks/spf/spf003_too_many_lookups.py`` is the rule SPF003 of the topic spf. Its docstring is
    its page: the first line is the title, and the section References lists the references.
    """
    topic, name = module.split(".")[-2:]
    page = page or name  # ``python -OO`` takes docstrings away
    rule = Rule(
        id=name.partition("_")[0].upper(),
        title=page.partition("\n")[0],
        severity=severity,
        topic=topic,
        references=_references(page),
        because_of=because_of,
        consequence=consequence,
    )
    return Declaration(rule, page, frozenset(needs), profiles)


def _references(page: str) -> tuple[str, ...]:
    items = page.partition("\n## References\n")[2].split("\n- ")
    return tuple(" ".join(item.removeprefix("- ").split()) for item in items if item)


class Check(Struct, Generic[F], frozen=True):
    """A rule with its function from facts to findings. ``doc`` is its page.

    ``needs`` are the fields of the facts that it reads, which are to be collected before.
    """

    rule: Rule
    run: Callable[[F], Iterator[Finding]]
    doc: str = ""
    needs: frozenset[str] = frozenset()
    profiles: Profiles = "all"


def report(
    declared: Declaration,
    subject: str,
    message: str,
    *,
    location: Location | None = None,
    evidence: tuple[str, ...] = (),
    fix: Fix | None = None,
    severity: Severity | None = None,
    because_of: str = "",
) -> Finding:
    """A finding of the rule declared; ``severity`` only where it differs from the rule's own.

    ``because_of`` is for who knows the very finding that it follows from; see ``Rule.because_of`` else.
    """
    return Finding(
        rule=declared.rule.id,
        severity=severity or declared.rule.severity,
        subject=subject,
        message=message,
        location=location,
        evidence=evidence,
        fix=fix,
        because_of=because_of,
    )
