"""What is known about each server. It outlives event loops."""

from __future__ import annotations

import time

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import Nameserver

_FIRST_REST = 3.0  # seconds
_LONGEST_REST = 60.0
_TRIAL = 2.0


class ServerState(Struct, eq=False):
    """One server: whether it supports EDNS, validates, and has been silent.

    ``validates`` is None until known; ``fails_root``: it answers SERVFAIL for the root zone; ``nat64``: its
    DNS64 prefixes, None until known. A server that did not answer rests for a while, longer each time: it is
    queried after all others, so that a dead server does not cost every query its timeout.
    """

    server: Nameserver
    edns: bool = True
    validates: bool | None = None
    fails_root: bool = False
    nat64: frozenset[bytes] | None = None
    answered: bool = False
    misses: int = 0
    rests_until: float = 0.0
    tried_until: float = 0.0
    probe_again: float = 0.0

    def note_answer(self) -> None:
        """Note that a reply came, whatever it says."""
        self.answered = True
        if self.misses:
            self.misses = 0
            self.rests_until = self.tried_until = 0.0

    def note_miss(self, miss: Miss, asked: float) -> None:
        """Note that a query sent at ``asked`` (monotonic) got no reply. All in flight then count as one."""
        now = time.monotonic()
        if asked < self.rests_until:
            return
        self.misses += 1
        if self.misses >= 2 or miss.kind == "no-way" or not self.answered:
            self.rests_until = now + min(_FIRST_REST * 2 ** min(self.misses - 1, 8), _LONGEST_REST)


def in_order(states: tuple[ServerState, ...]) -> list[ServerState]:
    """The servers in the order to query them: those that answer, as configured, then those that rest.

    A server whose rest is over is probed by a single query; until that ends, other queries leave it for last.
    """
    if len(states) == 1:
        return list(states)
    now = time.monotonic()
    awake, resting = [], []
    for state in states:
        if state.rests_until > now or (state.rests_until and state.tried_until > now):
            resting.append(state)
        else:
            if state.rests_until:
                state.tried_until = now + _TRIAL
            awake.append(state)
    return awake + sorted(resting, key=lambda state: state.rests_until)
