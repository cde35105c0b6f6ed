"""The answer to one DNS question, and the protocol of resolvers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from dns.rdata import Rdata

from mailproof.dns.text import record_text
from mailproof.dns.together import Later
from mailproof.dns.written import Written
from mailproof.model import Lookup, Reply
from mailproof.structs import replace

#: A name that no one publishes: any answer for it comes from a wildcard.
WILDCARD_LABEL = "mailproof-wildcard-test"


class Answer(Reply[Rdata], frozen=True, dict=True):
    """The outcome of one DNS question. A failure is data, never an exception.

    ``records`` are the rdata of the requested type, after following the CNAME chain; ``chain`` the names of
    that chain, in order, ending at the owner of the records; ``ttl`` (seconds) the smallest of the
    whole chain; ``secure`` the DNSSEC state; ``server`` the server that answered; ``reason`` why there is no
    answer, if more is known than the status; ``zone`` the zone of a negative answer (RFC 2308), if known.
    """

    zone: str = ""

    @property
    def owner(self) -> str:
        """The name that owns the records: the end of the CNAME chain, or the name queried."""
        return self.chain[-1] if self.chain else self.name

    @cached_property
    def lookup(self) -> Lookup:
        """The same as text, for the report. Cached, since many callers need it."""
        return Lookup(
            name=self.name,
            rrtype=self.rrtype,
            status=self.status,
            records=tuple(record_text(record) for record in self.records),
            ttl=self.ttl,
            secure=self.secure,
            chain=self.chain,
            server=self.server,
            elapsed_ms=self.elapsed_ms,
            reason=self.reason,
        )


def lookups_of(answers: Iterable[Answer]) -> tuple[Lookup, ...]:
    """Several answers as text."""
    return tuple([answer.lookup for answer in answers])


@runtime_checkable
class Resolver(Protocol):
    """Anything that answers DNS questions. It never raises for DNS failures: see ``Answer.status``.

    It may have optional methods, which are looked up by name: ``guess`` (GuessingResolver); ``known(name,
    rrtype)`` returns an answer available without a query (from a zone, a recording, a cache) or None;
    ``begin(key, guess=…)`` returns that, or a query in flight, without a coroutine;
    ``names_below``, ``position`` and ``label`` are used by the functions of these names below.
    """

    async def query(self, name: str, rrtype: str) -> Answer:
        """Query ``name`` (A-labels, with or without the final dot) and ``rrtype`` (like ``TXT``)."""
        ...


async def beside(answer: Answer, rrtype: str, resolver: Resolver) -> Answer:
    """The records of another type at the name of an answer.

    They are not queried if the name does not exist (RFC 2308 section 5: that applies to all types), nor if
    the first lookup failed, to avoid waiting for a silent server twice.
    """
    if answer.exists:
        return await resolver.query(answer.name, rrtype)
    return replace(answer, rrtype=rrtype)


@runtime_checkable
class GuessingResolver(Resolver, Protocol):
    """A resolver that defers queries of low priority."""

    async def guess(self, name: str, rrtype: str) -> Answer:
        """As ``query``, but with low priority: if not all queries can be sent at once, after all others."""
        ...


#: A question: the name as returned by ``normalize``, and the type in upper case.
Key = tuple[str, str]
Flying = Later[Answer]


def names_below(resolver: Resolver, name: str) -> tuple[str, ...] | None:
    """The names with records below ``name``; None if the resolver cannot list them."""
    listed: Callable[[str], tuple[str, ...] | None] | None = getattr(resolver, "names_below", None)
    return listed(name) if listed is not None else None


def position(resolver: Resolver | None, name: str, rrtype: str, text: str) -> Written | None:
    """The position of a record in a zone file, found by its text; None if the resolver has no zone files."""
    found: Position | None = getattr(resolver, "position", None)
    return found(name, rrtype, text) if found is not None else None


def label(resolver: Resolver, name: str) -> str:
    """What to show as the server of the zone that a name is in; empty if the resolver has no labels."""
    shown: Callable[[str], str] | None = getattr(resolver, "label", None)
    return shown(name) if shown is not None else ""


Ask = Callable[[str, str], Coroutine[Any, Any, Answer]]
Known = Callable[[str, str], Answer | None]
Begin = Callable[..., Answer | Flying]
Position = Callable[[str, str, str], Written | None]


def guesser(resolver: Resolver) -> Ask:
    """The resolver's ``guess``, or its ``query`` if it has none."""
    guess: Ask = getattr(resolver, "guess", resolver.query)
    return guess
