"""A resolver that asks each question once: shared while in flight, remembered after."""

from __future__ import annotations

import asyncio

from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.text import normalize


class MemoResolver:
    """Wraps a resolver for the length of one run.

    Questions in flight are shared, answers are remembered (failures too, so that one run tells one story),
    and all of them are kept in the order of asking as the run's evidence.
    """

    def __init__(self, inner: Resolver) -> None:
        self.inner = inner
        self._tasks: dict[tuple[str, str], asyncio.Task[Answer]] = {}

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver. A caller that is cancelled does not cancel the question for the others."""
        key = (normalize(name), rrtype.upper())
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.ensure_future(self.inner.query(*key))
            self._tasks[key] = task
        return await asyncio.shield(task)

    def known(self, name: str, rrtype: str) -> Answer | None:
        """The answer, if it is there already. Asks nothing."""
        task = self._tasks.get((normalize(name), rrtype.upper()))
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers so far, in the order in which they were first asked for."""
        known = (self.known(*key) for key in self._tasks)
        return tuple(answer for answer in known if answer is not None)

    async def abandon(self) -> None:
        """Cancel what is still in flight, and wait until it is gone."""
        pending = [task for task in self._tasks.values() if not task.done()]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def position(self, name: str, rrtype: str, text: str) -> tuple[str, int] | None:
        """The file and line of a record, where the wrapped resolver reads zone files."""
        inner = getattr(self.inner, "position", None)
        return inner(name, rrtype, text) if inner is not None else None
