"""Congestion control: how many queries one name server gets at a time, as TCP does it.

A forwarder in an office takes 20 or 150 queries at once and refuses or drops the rest, another takes any
number; none of them says so. The window starts small, grows with each answer while queries are queued, and
halves, at most once per flight, if too many are declined or lost. A silent zone does not halve it, as long as
the server answers for other zones. A failure that the load may have caused is not believed, but retried.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import OrderedDict, deque

from mailproof.dns.live.errand import Errand, Lane
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import REFUSED, SERVFAIL, Reply
from mailproof.dns.live.tally import FEW, Tally
from mailproof.dns.live.turn import Domain, Turn
from mailproof.dns.together import Later

START = 32
FLOOR = 4
#: With no more queries in flight than this, a refusal is not due to load.
QUIET = 8
_INSTANT = 0.1  # seconds
_SECOND = 1.1  # rate limits count by the second
_TRIES = {REFUSED: 7, SERVFAIL: 4}  # with their pauses: 13 and 11 seconds
_LONGEST_HOLD = 0.8
#: Seconds that a forwarder keeps a slot for a query its upstream does not answer (dnsmasq: 10 s).
_HAUNTS = 10.0
_LATE_LEAST, _LATE_MOST = 0.25, 1.0
_LOOK = 0.1
_WARY, _RECENT = 4.0, 2.0
#: Names of two labels for which a server's answers are remembered.
MOST_DOMAINS = 2_000
#: Extended errors (RFC 8914) that do not explain a failure: Other, Not Ready.
_VAGUE = frozenset({0, 14})

#: The orders in which lanes are served: now and then a lower priority goes first, so that none starves.
_ORDERS = tuple((*tuple(Lane)[ahead:], *tuple(Lane)[:ahead]) for ahead in Lane)

#: A place in the queue: resolves to a turn, or to None if there will be none.
Place = Later[Turn | None]


class Window:
    """Limits the queries in flight to one server, ``limit`` at most, and queues the others.

    After ``patience`` flights without any answer, all queued queries fail.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int, patience: int) -> None:
        self.size = float(min(START, limit))
        self._loop = loop
        self._limit = limit
        self._patience = patience
        self._threshold = math.inf
        self._flying: dict[Turn, None] = {}
        self._late: set[Turn] = set()  # still awaited, but not counted against the window
        self._ghosts: deque[float] = deque()
        self._domains: OrderedDict[bytes, Domain] = OrderedDict()
        self._lanes: tuple[deque[tuple[Place, Domain]], ...] = tuple(deque() for _ in Lane)
        self._waiting = 0
        self._picked = 0
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._reduced = self._heard = self._silent = -math.inf
        self._silences = 0
        self._hold = self._held_until = 0.0
        self._round_trip, self._spread = 0.0, 0.0
        self._tally = Tally()

    def place(self, question: bytes, lane: Lane, *, urgent: bool = False) -> Turn | Place | None:
        """A turn if there is room, else a place in the queue; None: the window is closed.

        A place that is no longer needed must be cancelled.
        """
        if self._closed:
            return None
        domain = self._domain(question)
        if urgent or not (self._waiting or self._full() or self._hushed(lane)):
            return self._start(domain)
        place: Place = Later()
        self._lanes[lane].append((place, domain))
        self._waiting += 1
        self._watch()
        return place

    async def enter(self, question: bytes, errand: Errand, *, urgent: bool = False) -> Turn | None:
        """Wait for a turn; None: there will be none, since the server is silent."""
        place = self.place(question, errand.lane, urgent=urgent)
        if not isinstance(place, Later):
            return place
        since = time.monotonic()
        try:
            turn = await place
        except asyncio.CancelledError:
            if not place.cancel() and not place.failed and (turn := place.result()) is not None:
                self.end(turn)
            raise
        errand.deadline += time.monotonic() - since
        return turn

    def leave(self, turn: Turn, errand: Errand, reply: Reply | Miss) -> None:
        """End a turn with its result, and set ``errand.pause``: whether, and when, to retry."""
        errand.pause = 0.0
        now = time.monotonic()
        if isinstance(reply, Reply):
            is_explained = any(code not in _VAGUE for code, _ in reply.errors)
            if reply.rcode not in _TRIES or is_explained:
                self.answered(turn)
                return
            self._heard, self._silences = now, 0
            self._declined(turn, errand, reply.rcode, now)
        elif reply.kind == "timeout":
            self._unanswered(turn, errand, now)
        self.end(turn)

    def answered(self, turn: Turn) -> float:
        """End a turn with an answer that can be taken at face value; the seconds that it took."""
        now = time.monotonic()
        self._heard, self._silences = now, 0
        self._tally.of(now).good += 1
        turn.domain.answered = now
        self._hold = 0.0
        trip = now - turn.sent
        if self._round_trip:
            self._spread += 0.25 * (abs(trip - self._round_trip) - self._spread)
            self._round_trip += 0.125 * (trip - self._round_trip)
        else:
            self._round_trip, self._spread = trip, trip / 2
        if self._waiting or len(self._flying) >= self.size:
            self.size = min(self.size + (1 if self.size < self._threshold else 1 / self.size), self._limit)
        self.end(turn)
        return trip

    def end(self, turn: Turn) -> None:
        """End a turn: the query is no longer in flight."""
        if turn in self._flying:
            del self._flying[turn]
        else:
            self._late.discard(turn)
        if self._waiting:
            self._let_in()

    def close(self) -> None:
        """Fail all queued queries, and all later ones."""
        self._closed = True
        self._send_away()
        if self._timer is not None:
            self._timer.cancel()

    def _domain(self, question: bytes) -> Domain:
        """The state for the name's last two labels: names below the same two mostly share name servers."""
        start = last = position = 0
        while size := question[position]:
            start, last = last, position
            position += size + 1
        name = question[start:position]
        found = self._domains.get(name)
        if found is None:
            if len(self._domains) >= MOST_DOMAINS:  # drop the oldest: only the last seconds matter
                self._domains.popitem(last=False)
            found = self._domains[name] = Domain()
        return found

    def _full(self) -> bool:
        # Retries need room to spare.
        room = 0.75 * self.size if self._lanes[Lane.BEGUN] else self.size
        flying = len(self._flying)
        return (
            (flying > 0 and flying + 1 > room)
            or flying + len(self._late) >= self._limit
            or (self._held_until > 0 and time.monotonic() < self._held_until)
        )

    def _hushed(self, lane: Lane) -> bool:
        """Whether new queries are held back: the server is silent, and has not answered one in flight."""
        return self._silences > 0 and lane > Lane.BEGUN and len(self._flying) > 0

    def _start(self, domain: Domain) -> Turn:
        now = time.monotonic()
        ghosts = self._ghosts
        while ghosts and ghosts[0] <= now:
            ghosts.popleft()
        tally = self._tally.of(now)
        tally.sent += 1
        quiet = len(self._flying) + len(self._late) + len(ghosts) < QUIET
        turn = Turn(now, domain, quiet, quiet and tally.sent <= 2 * QUIET)
        self._flying[turn] = None
        if self._timer is None:
            self._watch()
        return turn

    def _let_in(self) -> None:
        """Give turns to queued queries while there is room."""
        while self._waiting and not self._full():
            self._picked += 1
            order = _ORDERS[0 if self._picked % 4 else 1 if self._picked % 16 else 2]
            lane = next(lane for lane in order if self._lanes[lane])
            if self._hushed(lane):
                lane = Lane.BEGUN
                if not self._lanes[lane]:
                    return
            place, domain = self._lanes[lane].popleft()
            self._waiting -= 1
            if not place.done():
                place.set_result(self._start(domain))

    def _declined(self, turn: Turn, errand: Errand, rcode: int, now: float) -> None:
        """Read REFUSED as "too many at once" and SERVFAIL as "too many a second", unless they are genuine."""
        strained, tries = self._tally.of(now).strained, errand.declined
        alive = now - turn.domain.answered < _RECENT
        if rcode == REFUSED:
            meant = turn.quiet or (tries >= 3 and not strained)
        else:
            turn.domain.failures += 1
            limited = alive and (strained or turn.domain.failures >= FEW)
            meant = (turn.calm or tries >= 1) and not limited
        if meant or tries >= _TRIES[rcode]:
            return
        errand.declined += 1
        pause = _INSTANT * 2**tries if rcode == REFUSED else _SECOND * (tries + 1)
        errand.pause = pause * random.uniform(1, 1.2)  # noqa: S311 - jitter
        if alive or rcode == REFUSED:  # else the domain's own servers may have failed
            self._overloaded(turn.sent, now)

    def _unanswered(self, turn: Turn, errand: Errand, now: float) -> None:
        self._ghosts.append(now + _HAUNTS)
        if errand.first is None:
            errand.first = turn.sent
        if turn in self._flying:  # else it was counted when it became late
            self._missed(turn, now)
        # The server is at its limit and answered other queries below the domain: lost, not a silent zone.
        lost = turn.domain.answered >= errand.first and turn.sent - self._reduced < _WARY
        if lost and errand.declined < _TRIES[SERVFAIL]:
            errand.pause = _SECOND * (errand.declined + 1)
            errand.declined += 1
            errand.deadline += now - turn.sent
        if self._heard >= turn.sent:
            return
        if turn.sent >= self._silent:
            self._silent = now
            self._silences += 1
        if self._silences >= self._patience:
            self._send_away()

    def _missed(self, turn: Turn, now: float) -> None:
        """Count a query without an answer as lost, if others below the same domain were answered."""
        if turn.domain.answered >= turn.sent:
            self._overloaded(turn.sent, now)

    def _overloaded(self, sent: float, now: float) -> None:
        """Count a query sent at ``sent`` as declined or lost, and shrink the window if there are too many."""
        tally = self._tally.of(now)
        tally.bad += 1
        if sent < self._reduced or not tally.heavy:
            return
        self._reduced = now
        floor = min(FLOOR, self._limit)
        if self.size <= floor and tally.answers:
            self._hold = min(self._hold * 2 or _INSTANT, _LONGEST_HOLD)
            self._held_until = now + self._hold
        self._threshold = max(self.size / 2, floor)
        self.size = self._threshold if tally.answers else floor

    def _send_away(self) -> None:
        places = [place for lane in self._lanes for place, _ in lane]
        self._waiting = 0
        for lane in self._lanes:
            lane.clear()
        for place in places:
            if not place.done():
                place.set_result(None)

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(_LOOK, self._read_first)

    def _read_first(self) -> None:
        """Look only after replies received so far are handled: they are read in one loop iteration, delivered
        in the next."""
        soon = self._loop.call_soon
        soon(soon, soon, self._look, time.monotonic())

    def _look(self, now: float) -> None:
        """Stop counting overdue queries against the window, as long as others are answered."""
        self._timer = None
        if self._closed:
            return
        trip = self._round_trip
        late = min(max(trip + 4 * self._spread, _LATE_LEAST), _LATE_MOST) if trip else _LATE_MOST
        for turn in tuple(self._flying):
            age = now - turn.sent
            if age < late:
                break
            if self._heard > turn.sent or (trip and age >= _LATE_MOST):
                del self._flying[turn]
                self._late.add(turn)
                self._missed(turn, now)
        self._let_in()
        if self._flying or self._waiting:
            self._watch()
