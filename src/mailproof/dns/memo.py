"""A resolver that asks each question once: shared while in flight, remembered after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from mailproof.dns.answer import Answer, Resolver, guesser, names_below
from mailproof.dns.text import normalize
from mailproof.dns.together import Job, landed, stopped, taskless, together
from mailproof.dns.written import Written

Key = tuple[str, str]
Flying = asyncio.Future[Answer]


class MemoResolver:
    """Wraps a resolver for the length of one run.

    Questions in flight are shared, answers are remembered (failures too, so that a run is consistent),
    and all of them are kept in the order of asking as the run's evidence.
    """

    taskless = True

    def __init__(self, inner: Resolver) -> None:
        self.inner = inner
        self._found: dict[Key, Answer | Flying] = {}
        self._inner_known = getattr(inner, "known", None)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver. A caller that is cancelled does not cancel the question for the others."""
        return await self._answer((normalize(name), rrtype.upper()), guess=False)

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver. What was asked already is not asked again."""
        return await self._answer((normalize(name), rrtype.upper()), guess=True)

    async def ask(self, questions: Iterable[Key]) -> tuple[Answer, ...]:
        """The answers to several questions, which go out together."""
        found = [self.begin((normalize(name), rrtype.upper())) for name, rrtype in questions]
        flying = [each for each in found if isinstance(each, asyncio.Future) and not each.done()]
        if flying:
            await landed(*flying)
        return tuple(each.result() if isinstance(each, asyncio.Future) else each for each in found)

    def known(self, name: str, rrtype: str) -> Answer | None:
        """The answer, if it is there already. Asks nothing."""
        return self._at_hand((normalize(name), rrtype.upper()))

    def begin(self, key: Key, *, guess: bool = False) -> Answer | Flying:
        """The answer where it is at hand, else the question on its way."""
        found = self._at_hand(key) or self._found.get(key)
        if found is None:
            if isinstance(self.inner, MemoResolver):
                found = self.inner.begin(key, guess=guess)
            else:
                work = (guesser(self.inner) if guess else self.inner.query)(*key)
                found = Job(work) if taskless(self.inner) else asyncio.ensure_future(work)
            self._found[key] = found
            if isinstance(found, asyncio.Future):
                if _is_answered(found):
                    self._keep(key, found)
                else:
                    found.add_done_callback(partial(self._keep, key))
        return found

    async def _answer(self, key: Key, *, guess: bool) -> Answer:
        found = self.begin(key, guess=guess)
        if not isinstance(found, asyncio.Future):
            return found
        if not found.done():
            await landed(found)
        return found.result()

    def _keep(self, key: Key, flying: Flying) -> None:
        """The answer in place of the question."""
        if not flying.cancelled() and flying.exception() is None:
            self._found[key] = flying.result()

    def _at_hand(self, key: Key) -> Answer | None:
        """What was asked already, here or by the wrapped resolver for another run."""
        found = self._found.get(key)
        if isinstance(found, Answer):
            return found
        if found is not None:
            return found.result() if _is_answered(found) else None
        answer: Answer | None = self._inner_known(*key) if self._inner_known is not None else None
        if answer is not None:
            self._found[key] = answer
        return answer

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers so far, in the order in which they were first asked for."""
        known = (self._at_hand(key) for key in tuple(self._found))
        return tuple(answer for answer in known if answer is not None)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The questions that are not answered yet, in words, in the order of asking."""
        return tuple(
            f"{rrtype} {name}"
            for (name, rrtype), found in self._found.items()
            if isinstance(found, asyncio.Future) and not found.done()
        )

    async def abandon(self) -> None:
        """Cancel what is still in flight and shared with no one else, and wait until it is gone."""
        if not isinstance(self.inner, MemoResolver):
            await stopped(*(each for each in self._found.values() if isinstance(each, asyncio.Future)))

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """See ListingResolver."""
        return names_below(self.inner, name)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The place of a record, where the wrapped resolver reads zone files."""
        inner = getattr(self.inner, "position", None)
        return inner(name, rrtype, text) if inner is not None else None


def _is_answered(flying: Flying) -> bool:
    return flying.done() and not flying.cancelled() and flying.exception() is None


async def ask(resolver: Resolver, *questions: Key) -> tuple[Answer, ...]:
    """The answers to several questions (name and type), which go out together."""
    if isinstance(resolver, MemoResolver):
        return await resolver.ask(questions)
    return await together(*(resolver.query(*question) for question in questions))
