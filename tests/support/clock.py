"""Runs coroutines on a virtual clock: sleeping takes no time, and elapsed time is exact."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Loop(asyncio.SelectorEventLoop):
    """When nothing is ready, advances the clock to the next timer. Not for real input or output."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined] # no other way in
            self.now = max(self.now, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def timed(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """The result, and the elapsed seconds on the virtual clock."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        loop = runner.get_loop()
        begun = loop.time()
        result = runner.run(work)
        return result, loop.time() - begun
