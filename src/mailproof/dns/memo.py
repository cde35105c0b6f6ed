"""A resolver that asks each question once: shared while in flight, remembered after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from mailproof.dns.answer import Answer, Resolver, guesser, names_below
from mailproof.dns.text import normalize
from mailproof.dns.written import Written


class MemoResolver:
    """Wraps a resolver for the length of one run.

    Questions in flight are shared, answers are remembered (failures too, so that a run is consistent),
    and all of them are kept in the order of asking as the run's evidence.
    """

    def __init__(self, inner: Resolver) -> None:
        self.inner = inner
        self._tasks: dict[tuple[str, str], asyncio.Task[Answer] | Answer] = {}
        self._inner_known = getattr(inner, "known", None)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver. A caller that is cancelled does not cancel the question for the others."""
        key = (normalize(name), rrtype.upper())
        task = self._at_hand(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(self.inner.query(*key))
        if isinstance(task, asyncio.Task):
            # What is there already is handed over at once: no turn of the loop for it.
            return task.result() if _is_answered(task) else await asyncio.shield(task)
        return task

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver. What was asked already is not asked again."""
        key = (normalize(name), rrtype.upper())
        if self._at_hand(key) is None:
            self._tasks[key] = asyncio.ensure_future(guesser(self.inner)(*key))
        return await self.query(*key)

    def known(self, name: str, rrtype: str) -> Answer | None:
        """The answer, if it is there already. Asks nothing."""
        task = self._at_hand((normalize(name), rrtype.upper()))
        if isinstance(task, asyncio.Task):
            return task.result() if _is_answered(task) else None
        return task

    def _at_hand(self, key: tuple[str, str]) -> asyncio.Task[Answer] | Answer | None:
        """What was asked already, here or by the wrapped resolver for another run."""
        found = self._tasks.get(key)
        if found is None and self._inner_known is not None:
            answer: Answer | None = self._inner_known(*key)
            if answer is not None:
                found = self._tasks[key] = answer
        return found

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers so far, in the order in which they were first asked for."""
        known = (self.known(*key) for key in self._tasks)
        return tuple(answer for answer in known if answer is not None)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The questions that are not answered yet, in words, in the order of asking."""
        return tuple(
            f"{rrtype} {name}"
            for (name, rrtype), task in self._tasks.items()
            if isinstance(task, asyncio.Task) and not task.done()
        )

    async def abandon(self) -> None:
        """Cancel what is still in flight, and wait until it is gone."""
        pending = [
            task for task in self._tasks.values() if isinstance(task, asyncio.Task) and not task.done()
        ]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """See ListingResolver."""
        return names_below(self.inner, name)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The place of a record, where the wrapped resolver reads zone files."""
        inner = getattr(self.inner, "position", None)
        return inner(name, rrtype, text) if inner is not None else None


def _is_answered(task: asyncio.Task[Answer]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def ask_all(resolver: Resolver, questions: Iterable[tuple[str, str]]) -> tuple[Answer, ...]:
    """The answers to several questions (name and type), asked together. Those known already cost no turn."""
    known = getattr(resolver, "known", None)
    wanted = tuple(questions)
    found = [known(*question) if known is not None else None for question in wanted]
    missing = [question for question, answer in zip(wanted, found, strict=True) if answer is None]
    if not missing:
        return tuple(answer for answer in found if answer is not None)
    fresh = iter(await asyncio.gather(*(resolver.query(*question) for question in missing)))
    return tuple(answer if answer is not None else next(fresh) for answer in found)
