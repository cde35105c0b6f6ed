"""SPF facts of a domain (RFC 7208)."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct

from mailproof.model.dkim import TagProblem
from mailproof.model.lookup import Lookup
from mailproof.model.numbers import Large

AuthResult = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy"]
Qualifier = Literal["+", "-", "~", "?"]
SpfNodeStatus = Literal["ok", "none", "multiple", "syntax", "loop", "unknown", "limit", "macro"]

#: RFC 7208 section 4.6.4.
MAX_LOOKUPS = 10
MAX_VOID_LOOKUPS = 2
MAX_MX_NAMES = 10


class SpfProblem(TagProblem, frozen=True):
    """A fault in the text of a record, with the characters at fault. A ``fatal`` one causes a permerror.

    ``suggestion`` is what to write instead (empty: remove them), if known; ``apart`` are texts among them
    that belong in TXT records of their own.
    """

    suggestion: str | None = None
    apart: tuple[str, ...] = ()


class SpfTerm(Struct, frozen=True):
    """One mechanism or modifier. ``name`` in lower case; ``value`` the domain-spec, network or text."""

    text: str
    start: int
    end: int
    kind: Literal["mechanism", "modifier"]
    name: str
    value: str = ""
    qualifier: Qualifier = "+"
    prefix4: int | None = None
    prefix6: int | None = None

    @property
    def costs_lookup(self) -> bool:
        """Whether RFC 7208 section 4.6.4 counts it."""
        if self.kind == "modifier":
            return self.name == "redirect"
        return self.name in ("include", "a", "mx", "ptr", "exists")


class SpfRecord(Struct, frozen=True, dict=True):
    """A parsed ``v=spf1`` record. Terms that do not parse are in ``problems``, not in ``terms``."""

    text: str
    terms: tuple[SpfTerm, ...]
    problems: tuple[SpfProblem, ...] = ()

    @cached_property
    def all_term(self) -> SpfTerm | None:
        """The first ``all`` mechanism."""
        return next((t for t in self.terms if t.kind == "mechanism" and t.name == "all"), None)

    @cached_property
    def reached(self) -> tuple[SpfTerm, ...]:
        """The terms that a receiver can reach, in order of evaluation.

        Mechanisms up to the first ``all``; ``redirect`` last, and only if there is no ``all``.
        """
        mechanisms = tuple([term for term in self.terms if term.kind == "mechanism"])
        if self.all_term is not None:
            return mechanisms[: mechanisms.index(self.all_term) + 1]
        return mechanisms if self.redirect is None else (*mechanisms, self.redirect)

    @property
    def names_someone(self) -> bool:
        """Whether it has a term that may pass some host."""
        return any(t.name == "redirect" if t.kind == "modifier" else t.qualifier == "+" for t in self.terms)

    @cached_property
    def redirect(self) -> SpfTerm | None:
        """The ``redirect`` modifier."""
        return self._modifier("redirect")

    @property
    def exp(self) -> SpfTerm | None:
        """The ``exp`` modifier."""
        return self._modifier("exp")

    def _modifier(self, name: str) -> SpfTerm | None:
        return next((t for t in self.terms if t.kind == "modifier" and t.name == name), None)

    @property
    def closed(self) -> bool:
        """Whether it is just ``-all``, which means that the domain sends no mail."""
        return [term.text.lower() for term in self.terms if term.name != "exp"] == ["-all"]

    @property
    def valid(self) -> bool:
        """Whether a receiver can evaluate it (no permerror from syntax)."""
        return self.fault is None

    @property
    def fault(self) -> SpfProblem | None:
        """The first fault that makes it a permerror."""
        return next((problem for problem in self.problems if problem.fatal), None)

    @property
    def cut(self) -> bool:
        """Whether it seems to have been cut off after the 255 octets that one string holds."""
        return any(p.code == "cut" for p in self.problems)


class SpfTermCost(Struct, frozen=True):
    """A term in the tree, with the counts of the whole evaluation before and after it.

    ``lookups`` are the DNS lookups it made; ``networks`` the addresses that it allows, in CIDR form.
    """

    term: SpfTerm
    lookups_before: int
    lookups_after: int
    voids_after: int
    lookups: tuple[Lookup, ...] = ()
    networks: tuple[str, ...] = ()
    child: SpfNode | None = None


class SpfNode(Struct, frozen=True, dict=True):  # the dict is for cached properties
    """One domain in the SPF tree. ``records`` are all v=spf1 records found there, parsed or not.

    ``explanation`` is the TXT answer for the target of ``exp``; None without one, if its macros
    can't be expanded here, and in an included record, whose ``exp`` is not used (RFC 7208 section 6.2).
    """

    domain: str
    status: SpfNodeStatus
    lookup: Lookup | None
    records: tuple[str, ...] = ()
    record: SpfRecord | None = None
    costs: tuple[SpfTermCost, ...] = ()
    reason: str = ""
    depth: int = 0
    explanation: Lookup | None = None

    @property
    def redirect(self) -> SpfTermCost | None:
        """The ``redirect`` that applies to the hosts that no term names; None if there is none."""
        term = self.record.redirect if self.record is not None and self.record.all_term is None else None
        return next((cost for cost in self.costs if cost.term == term), None) if term is not None else None

    @property
    def rest(self) -> Qualifier | None:
        """The qualifier for hosts that no term names; None if unknown."""
        if self.record is None:
            return None
        if self.record.all_term is not None:
            return self.record.all_term.qualifier
        if self.redirect is None:
            return "?"
        child = self.redirect.child
        return child.rest if child is not None and child.status == "ok" else None


class SpfAllowed(Struct, frozen=True):
    """The addresses that pass: how many, and in which ranges.

    ``ranges`` are the fewest CIDR ranges that cover exactly these addresses, ascending and at most a
    thousand; ``range_count`` counts them all; ``largest`` are the widest. ``open_terms`` may allow more:
    they depend on the message or are unknown.
    """

    ipv4: int
    ipv6: Large
    range_count: int
    ranges: tuple[str, ...] = ()
    largest: tuple[str, ...] = ()
    open_terms: tuple[str, ...] = ()


class SpfFacts(Struct, frozen=True):
    """The SPF of a domain: its tree, and the counts of a receiver that evaluates every term.

    ``lookup_count`` continues past the limit of ten. ``unknown`` are the lookups without an answer, which
    may make the counts too low. ``other_txt`` are the TXT records that are not SPF, ``other_seams`` the
    offsets at which the strings of each meet. ``type99`` is the answer for the obsolete record type SPF;
    ``elsewhere`` are SPF records at names where no receiver looks (or failed lookups of such names), looked
    up only if the domain has none; ``helo`` are the TXT answers of those MX hosts that are below the domain.
    """

    domain: str
    root: SpfNode
    lookup_count: int = 0
    void_lookups: tuple[Lookup, ...] = ()
    unknown: tuple[Lookup, ...] = ()
    other_txt: tuple[str, ...] = ()
    other_seams: tuple[tuple[int, ...], ...] = ()
    allowed: SpfAllowed | None = None
    type99: Lookup | None = None
    elsewhere: tuple[Lookup, ...] = ()
    helo: tuple[Lookup, ...] = ()


TraceOutcome = Literal["match", "no match", "error", "enter", "skip"]


class SpfTraceStep(Struct, frozen=True):
    """One term evaluated by ``check_host``. ``depth`` counts the includes and redirects entered."""

    depth: int
    domain: str
    term: str
    start: int
    end: int
    outcome: TraceOutcome
    detail: str = ""
    lookups_after: int = 0
    voids_after: int = 0


class SpfVerdict(Struct, frozen=True):
    """The result of ``check_host`` (RFC 7208 section 4) for one client and one identity.

    ``domain`` is the domain checked, ``scope`` the identity it came from; ``lookups`` and ``void_lookups``
    are counts; ``reason`` says in a sentence why, ``explanation`` is the domain owner's own (exp=);
    ``failed`` is the failed lookup behind a ``temperror``.
    """

    result: AuthResult
    domain: str
    ip: str = ""
    scope: Literal["mfrom", "helo"] = "mfrom"
    explanation: str = ""
    reason: str = ""
    lookups: int = 0
    void_lookups: int = 0
    voids: tuple[str, ...] = ()
    matched: str = ""
    trace: tuple[SpfTraceStep, ...] = ()
    failed: Lookup | None = None
