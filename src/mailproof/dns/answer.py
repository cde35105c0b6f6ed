"""The answer to one DNS question, and the protocol of everything that can give one."""

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
    """What came of one DNS question. A failure is data, never an exception.

    ``records`` are the rdata of the type asked for, after the CNAME chain was followed; ``chain`` the names
    that it went through, in order, ending at the owner of the records; ``ttl`` (seconds) the smallest of the
    whole chain; ``secure`` the DNSSEC state; ``server`` who answered; ``reason`` why there is no answer, if
    more is known than the status; ``zone`` the zone that says that there is nothing (RFC 2308), if one does.
    """

    zone: str = ""

    @property
    def owner(self) -> str:
        """The name that holds the records: the end of the CNAME chain, or the question."""
        return self.chain[-1] if self.chain else self.name

    @cached_property
    def lookup(self) -> Lookup:
        """The same as text, for the report: one for the many that ask for it."""
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
    """Anything that answers DNS questions. It never raises for what the DNS does: see ``Answer.status``.

    It may be able to do more, and is asked by name for it: ``guess`` (GuessingResolver); ``known(name,
    rrtype)`` gives an answer that is at hand (of a zone, a recording, a question asked before) or None, and
    asks nothing; ``begin(key, guess=…)`` gives that, or a question on its way, without a coroutine;
    ``names_below``, ``position`` and ``label`` are the functions of these names here.
    """

    async def query(self, name: str, rrtype: str) -> Answer:
        """Ask for ``name`` (A-labels, with or without the final dot) and ``rrtype`` (like ``TXT``)."""
        ...


async def beside(answer: Answer, rrtype: str, resolver: Resolver) -> Answer:
    """The records of another type at the name of an answer.

    They are not asked for where the name does not exist (RFC 2308 section 5: that holds for all types), nor
    where it could not be checked: one silent server is not waited for twice.
    """
    if answer.exists:
        return await resolver.query(answer.name, rrtype)
    return replace(answer, rrtype=rrtype)


@runtime_checkable
class GuessingResolver(Resolver, Protocol):
    """A resolver that puts questions off on which little depends."""

    async def guess(self, name: str, rrtype: str) -> Answer:
        """As ``query``; where not all can be asked at once, this is asked after all others."""
        ...


#: A question: the name as ``normalize`` gives it, and the type in capitals.
Key = tuple[str, str]
Flying = Later[Answer]


def names_below(resolver: Resolver, name: str) -> tuple[str, ...] | None:
    """The names with records below ``name``; None where the resolver cannot list them."""
    listed: Callable[[str], tuple[str, ...] | None] | None = getattr(resolver, "names_below", None)
    return listed(name) if listed is not None else None


def position(resolver: Resolver | None, name: str, rrtype: str, text: str) -> Written | None:
    """Where a record is written, found by its text; None where the resolver reads no zone files."""
    found: Position | None = getattr(resolver, "position", None)
    return found(name, rrtype, text) if found is not None else None


def label(resolver: Resolver, name: str) -> str:
    """What to show as the server of the zone that a name is in; empty for a resolver of one server."""
    shown: Callable[[str], str] | None = getattr(resolver, "label", None)
    return shown(name) if shown is not None else ""


Ask = Callable[[str, str], Coroutine[Any, Any, Answer]]
Known = Callable[[str, str], Answer | None]
Begin = Callable[..., Answer | Flying]
Position = Callable[[str, str, str], Written | None]


def guesser(resolver: Resolver) -> Ask:
    """The resolver's ``guess``, or its ``query`` where it has no other."""
    guess: Ask = getattr(resolver, "guess", resolver.query)
    return guess
