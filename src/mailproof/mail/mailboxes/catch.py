"""What has arrived for the probe: at most one message is kept, and the facts from bounces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from mailproof.mail.dsn import looks_like_bounce, parse_dsn
from mailproof.mail.mailbox import Arrival, is_probe, role
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.limits import MAX_BOUNCE, MAX_HEADER, MAX_PROBE
from mailproof.model import ArrivalClock, BounceFacts
from mailproof.records.message import split_fields

_EMPTY_LINE = re.compile(rb"\A\r?\n|\n\r?\n")
#: The actions in a notification of success (RFC 3464 section 2.3.3).
SUCCESS = ("delivered", "relayed", "expanded")
#: The most notifications of success that are kept.
MAX_NOTICES = 8


class Catch:
    """The best copy of the probe (preferably outside junk) and the most serious bounce seen.

    ``oversized`` is the folder of a message with the probe's token that is too large to read. ``others`` are
    the message's other recipients, in lower case: bounces about them are ignored. ``author``: see ``role``.
    """

    def __init__(self, token: str, others: frozenset[str] = frozenset(), author: str = "") -> None:
        self.token = token
        self._others, self._author = others, author
        self.probe: Arrival | None = None
        self.bounce: BounceFacts | None = None
        self.oversized = ""
        self.notices: tuple[BounceFacts, ...] = ()

    def wanted(self, header: bytes, *, junk: bool = False) -> int:
        """How many octets of the message with this header are worth reading."""
        fields, _ = split_fields(header)
        if is_probe(fields, self.token):
            return MAX_PROBE if self.probe is None or (self.probe.junk and not junk) else 0
        return MAX_BOUNCE if looks_like_bounce(fields) else 0

    def take(self, arrival: Arrival, *, cut: bool = False) -> None:
        """Handle a message that was wanted; ``cut`` if it was truncated."""
        what = role(arrival.raw, self.token, self._author)
        if what == "bounce":
            notice = parse_dsn(arrival.raw, self._others)
            if notice is not None and notice.action in SUCCESS:
                self.notices = (*self.notices, notice)[:MAX_NOTICES]
            elif notice is not None and (self.bounce is None or self.bounce.action == "delayed"):
                self.bounce = notice
        elif what == "probe" and cut:
            self.oversized = arrival.folder
        elif what == "probe" and (self.probe is None or (self.probe.junk and not arrival.junk)):
            self.probe = arrival


class Catches(Catch):
    """Catches for several probes, one per token."""

    def __init__(self, tokens: Iterable[str]) -> None:
        super().__init__("")
        self.each = {token: Catch(token) for token in tokens}

    def wanted(self, header: bytes, *, junk: bool = False) -> int:
        return max(catch.wanted(header, junk=junk) for catch in self.each.values())

    def take(self, arrival: Arrival, *, cut: bool = False) -> None:
        for catch in self.each.values():
            catch.take(arrival, cut=cut)


class Incoming(Kept):
    """A message being received: its header, and as much of the rest as the catch wants."""

    def __init__(
        self, catch: Catch, *, junk: bool = False, tidy: Callable[[bytes], bytes] | None = None
    ) -> None:
        super().__init__(MAX_HEADER)
        self._catch, self._junk, self._tidy = catch, junk, tidy
        self._decided = False

    @property
    def full(self) -> bool:
        """Whether no more of it would be kept."""
        return self._decided and self.cut

    def feed(self, piece: bytes) -> None:
        if self._decided:
            super().feed(piece)
            return
        searched = max(len(self.data) - 3, 0)
        self.data += piece
        if _EMPTY_LINE.search(self.data, searched) or len(self.data) >= MAX_HEADER:
            self._decide()

    def settle(
        self,
        folder: str,
        handle: str,
        labels: tuple[str, ...] = (),
        at: datetime | None = None,
        clock: ArrivalClock = "",
        tab: str = "",
    ) -> None:
        """The message is complete: pass it to the catch, if it was wanted."""
        if not self._decided:
            self._decide()
        if self.data:
            raw = bytes(self.data)
            self.data.clear()
            raw = self._tidy(raw) if self._tidy is not None else raw
            self._catch.take(Arrival(raw, folder, handle, self._junk, labels, at, clock, tab), cut=self.cut)

    def _decide(self) -> None:
        self._decided = True
        empty = _EMPTY_LINE.search(self.data)
        header = bytes(self.data[: min(empty.end() if empty else MAX_HEADER, MAX_HEADER)])
        self._limit = self._catch.wanted(header, junk=self._junk)
        if len(self.data) > self._limit or not self._limit:
            self.cut = True
            del self.data[self._limit :]
