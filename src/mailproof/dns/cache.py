"""The answers of a whole run, for as long as they may be kept and no more than there is room for."""

from __future__ import annotations

import time
from collections.abc import Callable

from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import Flying, Key, MemoResolver

#: Answers that one run keeps, those of all its domains together.
MAX_KEPT = 30_000
#: Seconds that an answer is kept at least, whatever its TTL: a run looks at one moment.
LEAST = 10.0
#: Seconds that an answer is kept at most.
MOST = 3600.0
#: Seconds that a failure is kept (RFC 2308 section 7 allows 300).
FAILED = 30.0


class RunCache(MemoResolver):
    """Wraps the resolver of a run. What one domain asked is not asked again for another.

    Answers, negative answers and failures are kept by their TTL. What the wrapped resolver has at hand is not
    kept twice.
    """

    def __init__(
        self, inner: Resolver, most: int = MAX_KEPT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(inner)
        self._clock = clock
        self._ends: dict[Key, float] = {}
        self._most = most

    def _at_hand(self, key: Key) -> Answer | None:
        found = self._found.get(key)
        if found is None:
            return self._inner_known(*key) if self._inner_known is not None else None
        if isinstance(found, Answer) and self._ends[key] <= self._clock():
            del self._found[key], self._ends[key]
            return None
        return super()._at_hand(key)

    def _keep(self, key: Key, flying: Flying) -> None:
        super()._keep(key, flying)
        answer = self._found.get(key)
        if not isinstance(answer, Answer):  # cancelled, or a fault: asked anew by the next
            self._found.pop(key, None)
            return
        seconds = FAILED if answer.undetermined else min(max(answer.ttl, LEAST), MOST)
        self._ends[key] = self._clock() + seconds
        while len(self._ends) > self._most:
            oldest = next(iter(self._ends))
            del self._ends[oldest], self._found[oldest]
