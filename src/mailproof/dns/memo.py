"""A resolver that sends each query once: shared while in flight, remembered afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.dns.answer import Answer, Begin, Flying, Key, Known, Position, Resolver, guesser, names_below
from mailproof.dns.text import normalize
from mailproof.dns.together import Job, Later, apart, landed, stopped, taskless, together
from mailproof.dns.written import Written


class MemoResolver:
    """Wraps a resolver for one run.

    Queries in flight are shared, answers are remembered (failures too, so that a run is consistent), and all
    are kept in the order of the queries, as the run's evidence.
    """

    taskless = True

    def __init__(self, inner: Resolver) -> None:
        self.inner = inner
        self._found: dict[Key, Answer | Flying] = {}
        self._inner_known: Known | None = getattr(inner, "known", None)
        self._inner_position: Position | None = getattr(inner, "position", None)
        self._inner_begin: Begin | None = getattr(inner, "begin", None)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver. Cancelling one caller does not cancel the query for others."""
        found = self.begin((normalize(name), rrtype.upper()))
        return await found if isinstance(found, Later) else found

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        found = self.begin((normalize(name), rrtype.upper()), guess=True)
        return await found if isinstance(found, Later) else found

    async def ask(self, questions: Iterable[Key], *, guess: bool = False) -> tuple[Answer, ...]:
        """The answers to several queries, which are sent together."""
        found = [self.begin((normalize(name), rrtype.upper()), guess=guess) for name, rrtype in questions]
        if flying := [each for each in found if isinstance(each, Later)]:
            await landed(*flying)
        return tuple([each.result() if isinstance(each, Later) else each for each in found])

    def known(self, name: str, rrtype: str) -> Answer | None:
        """The answer, if it is known already. Sends nothing."""
        key = normalize(name), rrtype.upper()
        return _there(self._found.get(key)) or (self._inner_known and self._inner_known(*key))

    def begin(self, key: Key, *, guess: bool = False) -> Answer | Flying:
        """See Resolver."""
        found = self._found.get(key)
        if found is None:
            begin = self._inner_begin or self._begun
            found = self._found[key] = begin(key, guess=guess)
        return found

    def _begun(self, key: Key, *, guess: bool) -> Answer | Flying:
        """Query a wrapped resolver that has no ``begin``."""
        if self._inner_known is not None and (known := self._inner_known(*key)) is not None:
            return known
        work = (guesser(self.inner) if guess else self.inner.query)(*key)
        return Job(work if taskless(self.inner) else apart(work))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers so far, in the order of the first query for each."""
        found = [_there(each) for each in self._found.values()]
        return tuple([answer for answer in found if answer is not None])

    @property
    def waiting(self) -> tuple[str, ...]:
        """Queries without an answer so far, as ``TXT acme.example``, in the order they were sent."""
        return tuple(
            f"{rrtype} {name}"
            for (name, rrtype), found in self._found.items()
            if isinstance(found, Later) and not found.done()
        )

    async def abandon(self) -> None:
        """Cancel queries in flight that no other resolver shares, and wait for that."""
        if not isinstance(self.inner, MemoResolver):
            await stopped(*(each for each in self._found.values() if isinstance(each, Later)))

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """As ``inner``."""
        return names_below(self.inner, name)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """As ``inner``."""
        return None if self._inner_position is None else self._inner_position(name, rrtype, text)


def _there(found: Answer | Flying | None) -> Answer | None:
    """The answer, unless it is in flight or failed."""
    if isinstance(found, Later):
        return found.result() if found.done() and not found.failed else None
    return found


async def ask(resolver: Resolver, *questions: Key, guess: bool = False) -> tuple[Answer, ...]:
    """The answers to several queries (name and type), sent together (``guess``: after all others)."""
    if isinstance(resolver, MemoResolver):
        return await resolver.ask(questions, guess=guess)
    query = guesser(resolver) if guess else resolver.query
    return await together(*(query(*question) for question in questions))


async def ask_each(resolver: Resolver, names: Iterable[str], *rrtypes: str) -> list[tuple[Answer, ...]]:
    """For each name, the answers to queries for these types. All queries are sent together."""
    answers = iter(await ask(resolver, *[(name, rrtype) for name in names for rrtype in rrtypes]))
    return list(zip(*[answers] * len(rrtypes), strict=True))
