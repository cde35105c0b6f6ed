"""What every rule is made of: a declaration, a check, and ways to say what was found and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Literal, Protocol, TypeVar, overload

from msgspec import Struct

from mailproof.model import Consequence, Finding, Fix, Impossible, Location, Lookup, Rule, Severity

F = TypeVar("F")
B = TypeVar("B")
T = TypeVar("T")
#: So many lookups are named in the reason of an outcome.
MOST_NAMED = 5
#: A hostile record can break one rule thousands of times; no one reads more than this.
MOST_FINDINGS = 50


class Undetermined(Exception):
    """Raised in a check where the facts it needs are unknown: the outcome is ``unknown``.

    ``lookups`` are the DNS lookups without an answer that caused it, if any: where none was asked on purpose
    the outcome is ``skipped``, and what one dead zone hides is reported once. Findings
    reported before are kept. Where there is more to check, see ``Reporter.unknown``.
    """

    def __init__(self, reason: str, lookups: Iterable[Lookup] = ()) -> None:
        super().__init__(reason)
        self.lookups = tuple(lookups)

    @classmethod
    def of(cls, *lookups: Lookup) -> Undetermined:
        """For these lookups that failed; the first few are named."""
        return cls("; ".join(lookup.describe() for lookup in lookups[:MOST_NAMED]), lookups)


class NotApplicable(Exception):
    """Raised in a check that has nothing to check here: the outcome is ``skipped``, with the reason."""


class ImpossibleHere(Exception):
    """Raised where this machine cannot find out what a check needs, whatever the domain is like."""

    def __init__(self, what: Impossible, reason: str) -> None:
        super().__init__(reason)
        self.what = what


class Enough(Exception):
    """Ends a check: it has all the findings that anyone would read, or nothing is at fault."""


def required(value: T | None, reason: str) -> T:
    """The value. Raises NotApplicable, for this reason, where there is none."""
    if value is None:
        raise NotApplicable(reason)
    return value


def collected(value: T | None, reason: str) -> T:
    """The same where that leaves the outcome unknown."""
    if value is None:
        raise Undetermined(reason)
    return value


def answered(*lookups: Lookup | None) -> None:
    """Raises Undetermined of the first of these lookups that came to nothing."""
    for lookup in lookups:
        if lookup is not None and lookup.undetermined:
            raise Undetermined.of(lookup)


class Reporter:
    """What one check finds, and what it could not find out. It is called for each finding."""

    __slots__ = ("findings", "gaps", "rule", "subject")

    def __init__(self, rule: Rule, subject: str) -> None:
        self.rule, self.subject = rule, subject
        self.findings: list[Finding] = []
        self.gaps: dict[str, tuple[Lookup, ...]] = {}

    def __call__(
        self,
        message: str,
        *,
        location: Location | None = None,
        evidence: tuple[str, ...] = (),
        fix: Fix | str | None = None,
        severity: Severity | None = None,
        because_of: str = "",
    ) -> None:
        """A finding; ``severity`` only where it differs from the rule's own.

        ``because_of`` is for who knows the very finding that it follows from; see ``Rule.because_of`` else.
        """
        finding = Finding(
            rule=self.rule.id,
            severity=severity or self.rule.severity,
            subject=self.subject,
            message=message,
            location=location,
            evidence=evidence,
            fix=Fix(fix) if isinstance(fix, str) else fix,
            because_of=because_of,
        )
        self.findings.append(finding)
        if len(self.findings) == MOST_FINDINGS:
            raise Enough

    def unknown(self, reason: str, lookups: Iterable[Lookup] = ()) -> None:
        """Something could not be checked, and the check goes on."""
        self.gaps.setdefault(reason, tuple(lookups))

    def unanswered(self, *lookups: Lookup | None) -> None:
        """The same for those of these lookups that came to nothing."""
        for lookup in lookups:
            if lookup is not None and lookup.undetermined:
                self.unknown(lookup.describe(), (lookup,))

    @property
    def undetermined(self) -> Undetermined | None:
        """All that could not be checked; None where there is nothing. The first few reasons are named.

        The lookups behind it are named where it is lookups alone that are.
        """
        if not self.gaps:
            return None
        lookups = self.gaps.values()
        behind = [each for found in lookups for each in found] if all(lookups) else []
        return Undetermined("; ".join(list(self.gaps)[:MOST_NAMED]), behind)


#: Which domains a rule is for: all, those that send mail, that receive it, that are not parked.
Profiles = Literal["all", "sending", "receiving", "in use"]


class Check(Struct, Generic[F], frozen=True):
    """A rule with the function that reports what it finds in facts. ``doc`` is its page.

    ``needs`` are the fields of the facts that it reads, to be collected before. ``begins`` makes what ``run``
    is given in place of the facts (after them where it ``reads_facts``), once for all checks that
    begin so: where it raises, so do they.
    """

    rule: Rule
    run: Callable[..., None]
    doc: str = ""
    needs: frozenset[str] = frozenset()
    profiles: Profiles | None = "all"
    begins: Callable[..., object] | None = None
    reads_facts: bool = False

    def begin(self, facts: F, report: Reporter) -> object:
        """What ``run`` begins with: the facts themselves where it has no ``begins``."""
        if self.begins is None:
            return facts
        return self.begins(facts, report) if "report" in self.begins.__annotations__ else self.begins(facts)


class _Declared(Protocol):
    """What ``declare`` takes of a check that is given the facts alone."""

    def __call__(self, run: Callable[[F, Reporter], None], /) -> Check[F]: ...


@overload
def declare(
    severity: Severity,
    *,
    because_of: tuple[str, ...] = ...,
    consequence: Consequence | None = ...,
    needs: tuple[str, ...] = ...,
    profiles: Profiles | None = ...,
) -> _Declared: ...
@overload
def declare(
    severity: Severity,
    begins: Callable[[F], B] | Callable[[F, Reporter], B],
    *,
    because_of: tuple[str, ...] = ...,
    consequence: Consequence | None = ...,
    needs: tuple[str, ...] = ...,
    profiles: Profiles | None = ...,
) -> Callable[[Callable[[B, Reporter], None] | Callable[[F, B, Reporter], None]], Check[F]]: ...
def declare(
    severity: Severity,
    begins: Callable[..., Any] | None = None,
    *,
    because_of: tuple[str, ...] = (),
    consequence: Consequence | None = None,
    needs: tuple[str, ...] = (),
    profiles: Profiles | None = None,
) -> Callable[[Callable[..., None]], Check[Any]]:
    """Makes the check of a rule, from the name and the docstring of its module.

    The module ``checks/spf/spf003_too_many_lookups.py`` is the rule SPF003 of the topic spf. Its docstring is
    its page: the first line is the title, and the section References lists the references.
    ``begins`` is the function of the topic that makes what the check is given: ``check(found, report)``, or
    ``check(facts, found, report)``. ``needs`` are fields of the facts that it reads beside those of its
    topic; ``profiles`` where it is for other domains than its topic.
    """

    def declared(run: Callable[..., None]) -> Check[Any]:
        topic, name = run.__module__.split(".")[-2:]
        page = run.__globals__["__doc__"] or name  # ``python -OO`` takes docstrings away
        rule = Rule(
            id=name.partition("_")[0].upper(),
            title=page.partition("\n")[0],
            severity=severity,
            topic=topic,
            references=_references(page),
            because_of=because_of,
            consequence=consequence,
        )
        reads_facts = begins is not None and run.__code__.co_argcount == 3
        return Check(rule, run, page, frozenset(needs), profiles, begins, reads_facts)

    return declared


def _references(page: str) -> tuple[str, ...]:
    items = page.partition("\n## References\n")[2].split("\n- ")
    return tuple(" ".join(item.removeprefix("- ").split()) for item in items if item)
