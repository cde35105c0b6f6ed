"""The parts of every rule: a declaration, a check, and ways to report what was found and what is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import (
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    TypedDict,
    TypeVar,
    TypeVarTuple,
    Unpack,
    overload,
)

from msgspec import Struct

from mailproof.model import (
    Consequence,
    DomainFacts,
    Finding,
    Fix,
    FixRecord,
    Impossible,
    Location,
    Lookup,
    Rule,
    Severity,
)

F = TypeVar("F")
B = TypeVar("B")
Bs = TypeVarTuple("Bs")
P = ParamSpec("P")
T = TypeVar("T")
#: Lookups named in the reason of an outcome.
MOST_NAMED = 5
#: Findings of one rule: a hostile record could break it thousands of times.
MOST_FINDINGS = 50


class Undetermined(Exception):
    """Raised by a check if the facts it needs are unknown: the outcome is ``unknown``.

    ``lookups`` are the unanswered DNS lookups that caused it, if any: if they were deliberately not sent, the
    outcome is ``skipped``, and everything hidden by one dead zone is reported once. Earlier findings are
    kept. If there is more to check, use ``Reporter.unknown`` instead.
    """

    def __init__(self, reason: str, lookups: Iterable[Lookup] = ()) -> None:
        super().__init__(reason)
        self.lookups = tuple(lookups)

    @classmethod
    def of(cls, *lookups: Lookup) -> Undetermined:
        """For these failed lookups, the first few of which are named."""
        return cls("; ".join(lookup.describe() for lookup in lookups[:MOST_NAMED]), lookups)


class NotApplicable(Exception):
    """Raised by a check that does not apply: the outcome is ``skipped``, with the reason."""


class ImpossibleHere(Exception):
    """Raised if this machine cannot determine what a check needs, whatever the state of the domain."""

    def __init__(self, what: Impossible, reason: str) -> None:
        super().__init__(reason)
        self.what = what


class Enough(Exception):
    """Ends a check early: it has enough findings, or there is no fault."""


def required(value: T | None, reason: str) -> T:
    """Return the value; raises NotApplicable with the reason if it is None."""
    if value is None:
        raise NotApplicable(reason)
    return value


def some(found: Iterable[T], reason: str) -> tuple[T, ...]:
    """Return the items; raises NotApplicable with the reason if there are none."""
    items = tuple(found)
    if not items:
        raise NotApplicable(reason)
    return items


def collected(value: T | None, reason: str) -> T:
    """Return the value; raises Undetermined with the reason if it is None."""
    if value is None:
        raise Undetermined(reason)
    return value


def answered(*lookups: Lookup | None) -> None:
    """Raise Undetermined for the first of these lookups that failed, if any."""
    for lookup in lookups:
        if lookup is not None and lookup.undetermined:
            raise Undetermined.of(lookup)


def not_cut_off(facts: DomainFacts, collector: str) -> None:
    """Raise Undetermined, with the collector's reason, if it failed."""
    for failure in facts.failures:
        if failure.collector == collector:
            raise Undetermined(failure.reason)


class Reporter(Struct, eq=False):
    """Collects what one check finds, and what it could not determine. Called for each finding."""

    rule: Rule
    subject: str
    findings: list[Finding] = []
    gaps: dict[str, tuple[Lookup, ...]] = {}

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
        """Add a finding; ``severity`` only if it differs from the rule's.

        ``because_of`` is for checks that know the exact finding it follows from; otherwise see
        ``Rule.because_of``.
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
        """Note that something could not be checked, and continue."""
        self.gaps.setdefault(reason, tuple(lookups))

    def unanswered(self, *lookups: Lookup | None) -> None:
        """The same for each of these lookups that failed."""
        for lookup in lookups:
            if lookup is not None and lookup.undetermined:
                self.unknown(lookup.describe(), (lookup,))

    @property
    def undetermined(self) -> Undetermined | None:
        """Everything that could not be checked, with the first few reasons; None if there is nothing.

        It carries the lookups only if lookups are the only causes.
        """
        if not self.gaps:
            return None
        lookups = self.gaps.values()
        behind = [each for found in lookups for each in found] if all(lookups) else []
        return Undetermined("; ".join(list(self.gaps)[:MOST_NAMED]), behind)


def improvement(summary: str, *records: FixRecord) -> Fix:
    """A fix that is safe for all mail that passes today."""
    return Fix(summary, records, "improvement")


def decision(summary: str, *records: FixRecord) -> Fix:
    """A fix that is up to the owner, because it tightens a policy or removes a permission."""
    return Fix(summary, records, "decision")


#: The domains that a rule applies to: all, those that send or receive mail, those that are not parked.
Profiles = Literal["all", "sending", "receiving", "in use"]


class Check(Struct, Generic[F], frozen=True):
    """A rule with its check function ``run``. ``doc`` is its page.

    ``needs`` are the fields of the facts that it reads, which are collected first. ``begins`` makes the
    argument that ``run`` receives instead of the facts (or after them if it ``reads_facts``), once for all
    checks with the same ``begins``: if it raises, all of them do. With ``each`` it makes several: ``run`` is
    called for each of them, with the items of a tuple as arguments. With ``codes`` the last item is a fault,
    and must have one of these codes.
    """

    rule: Rule
    run: Callable[..., None]
    doc: str = ""
    needs: frozenset[str] = frozenset()
    profiles: Profiles | None = "all"
    begins: Callable[..., Any] | None = None
    each: bool = False
    codes: frozenset[str] = frozenset()
    reads_facts: bool = False

    def begin(self, facts: F, report: Reporter) -> Any:
        """The argument for ``run``: the result of ``begins``, or the facts if there is none."""
        if self.begins is None:
            return facts
        return self.begins(facts, report) if "report" in self.begins.__annotations__ else self.begins(facts)

    def check(self, facts: F, begun: Any, report: Reporter) -> None:
        """Run it on the result of ``begin``."""
        if not self.each:
            if self.reads_facts:
                self.run(facts, begun, report)
            else:
                self.run(begun, report)
            return
        first = (facts,) if self.reads_facts else ()
        for found in begun:
            items = found if isinstance(found, tuple) else (found,)
            if not self.codes or items[-1].code in self.codes:
                self.run(*first, *items, report)


@overload
def parametrized(
    make: Callable[Concatenate[F, Reporter, P], B],
) -> Callable[P, Callable[[F, Reporter], B]]: ...
@overload
def parametrized(make: Callable[Concatenate[F, P], B]) -> Callable[P, Callable[[F], B]]: ...
def parametrized(make: Callable[..., B]) -> Callable[..., Callable[..., B]]:
    """Make a ``begins`` function of ``make``, which has parameters after facts and report, for each call.

    Calls with the same arguments share it.
    """

    @cache
    def given(*args: Any, **kwargs: Any) -> Callable[..., B]:
        def reporting(facts: Any, report: Reporter) -> B:
            return make(facts, report, *args, **kwargs)

        def silent(facts: Any) -> B:
            return make(facts, *args, **kwargs)

        return reporting if "report" in make.__annotations__ else silent

    return given


class _Options(TypedDict, total=False):
    codes: str
    because_of: str
    consequence: Consequence | None
    needs: str
    profiles: Profiles | None


class _Declared(Protocol):
    """The decorator for a check that receives only the facts."""

    def __call__(self, run: Callable[[F, Reporter], None], /) -> Check[F]: ...


@overload
def declare(severity: Severity, **options: Unpack[_Options]) -> _Declared: ...
@overload
def declare(
    severity: Severity,
    begins: Callable[[F], B] | Callable[[F, Reporter], B],
    **options: Unpack[_Options],
) -> Callable[[Callable[[B, Reporter], None] | Callable[[F, B, Reporter], None]], Check[F]]: ...
@overload
def declare(  # type: ignore[overload-overlap] # the items of a tuple are separate arguments
    severity: Severity,
    *,
    each: Callable[[F], Iterable[tuple[*Bs]]] | Callable[[F, Reporter], Iterable[tuple[*Bs]]],
    **options: Unpack[_Options],
) -> Callable[[Callable[[*Bs, Reporter], None] | Callable[[F, *Bs, Reporter], None]], Check[F]]: ...
@overload
def declare(
    severity: Severity,
    *,
    each: Callable[[F], Iterable[B]] | Callable[[F, Reporter], Iterable[B]],
    **options: Unpack[_Options],
) -> Callable[[Callable[[B, Reporter], None] | Callable[[F, B, Reporter], None]], Check[F]]: ...
def declare(
    severity: Severity,
    begins: Callable[..., Any] | None = None,
    *,
    each: Callable[..., Any] | None = None,
    codes: str = "",
    because_of: str = "",
    consequence: Consequence | None = None,
    needs: str = "",
    profiles: Profiles | None = None,
) -> Callable[[Callable[..., None]], Check[Any]]:
    """Make the check of a rule from the name and docstring of its module.

    The module ``checks/spf/spf003_too_many_lookups.py`` is the rule SPF003 of the topic spf. Its docstring is
    its page: the first line is the title, and the section References has the references.
    ``begins`` is a function of the topic that makes an argument of the check: ``check(found, report)``, or
    ``check(facts, found, report)``. The check is called once for each item that ``each`` makes; the items of
    a tuple are separate arguments. ``codes`` selects among faults. ``needs`` are fields of the facts that it
    reads in addition to those of its topic; ``profiles`` overrides the topic's.
    """

    def declared(run: Callable[..., None]) -> Check[Any]:
        topic, name = run.__module__.split(".")[-2:]
        page = run.__globals__["__doc__"] or name  # ``python -OO`` removes docstrings
        rule = Rule(
            id=name.partition("_")[0].upper(),
            title=page.partition("\n")[0],
            severity=severity,
            topic=topic,
            references=_references(page),
            because_of=tuple(because_of.split()),
            consequence=consequence,
        )
        shared = begins or each
        reads_facts = shared is not None and run.__code__.co_varnames[0] == "facts"
        return Check(
            rule,
            run,
            page,
            frozenset(needs.split()),
            profiles,
            shared,
            each is not None,
            frozenset(codes.split()),
            reads_facts,
        )

    return declared


def _references(page: str) -> tuple[str, ...]:
    items = page.partition("\n## References\n")[2].split("\n- ")
    return tuple(" ".join(item.removeprefix("- ").split()) for item in items if item)
