"""The answer cache of a whole run, bounded in size and by TTL."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from mailproof.dns.answer import Answer, Flying, Key, Resolver
from mailproof.dns.memo import MemoResolver
from mailproof.dns.together import Later

#: Answers that one run keeps, over all its domains. Twice as many save no more queries in a list of 8,000
#: domains with 60 providers, and take 9 MB more.
MAX_KEPT = 5_000
#: Seconds that an answer is kept at least, whatever its TTL: a run reports on one moment.
LEAST = 10.0
#: Seconds that an answer is kept at most.
MOST = 3600.0
#: Seconds that a failure is kept (RFC 2308 section 7 allows 300).
FAILED = 30.0


class RunCache(MemoResolver):
    """Wraps the resolver of a run, and shares answers between its domains.

    Answers and negative answers are kept for their TTL, failures for ``FAILED`` seconds; those not used for
    the longest time go first, as the records of large providers are needed again and again. What the wrapped
    resolver has in memory is not kept twice.
    """

    def __init__(
        self, inner: Resolver, most: int = MAX_KEPT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(inner)
        self._clock = clock
        #: When each answer expires; those used last are at the end.
        self._ends: OrderedDict[Key, float] = OrderedDict()
        self._most = most

    def begin(self, key: Key, *, guess: bool = False) -> Answer | Flying:
        """See Resolver."""
        found = self._found.get(key)
        if found is not None:
            if isinstance(found, Later):
                return found
            if self._ends[key] > self._clock():
                self._ends.move_to_end(key)
                return found
            del self._found[key], self._ends[key]
        found = (self._inner_begin or self._begun)(key, guess=guess)
        if isinstance(found, Later):
            self._found[key] = found
            found.add_done_callback(partial(self._keep, key))
        return found

    def forget_failures(self, until: float) -> None:
        """Drop failures recorded up to ``until`` (by ``clock``), so that they are queried again."""
        for key, found in tuple(self._found.items()):
            if isinstance(found, Answer) and found.undetermined and self._ends[key] <= until + FAILED:
                del self._found[key], self._ends[key]

    def _keep(self, key: Key, flying: Flying) -> None:
        """Replace a query by its answer."""
        if flying.failed:  # the next caller queries again
            self._found.pop(key, None)
            return
        self._found[key] = answer = flying.result()
        seconds = FAILED if answer.undetermined else min(max(answer.ttl, LEAST), MOST)
        self._ends[key] = self._clock() + seconds
        while len(self._ends) > self._most:
            unused, _ = self._ends.popitem(last=False)
            del self._found[unused]
