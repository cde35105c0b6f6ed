"""Verifying a mailbox in worker processes: their orders, items and results, and the order of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from mailproof.bulk.orders import Orders
from mailproof.bulk.pool import TURN_S, Pool
from mailproof.choices import FailOn
from mailproof.mail.saved import SavedMessage
from mailproof.model.many_messages import MessageRow
from mailproof.model.report import Accepted
from mailproof.render.json import encoded
from mailproof.render.message_row import unread_row

#: Messages finished or in progress behind one that is not finished.
MOST_WAITING = 1_000
#: Octets of the messages in progress, from which on no further one is given out.
MOST_IN_HAND = 32_000_000


class MessageOrders(Orders, frozen=True, kw_only=True):
    """Messages to verify, with the command's options. ``reports``: full reports are wanted, not just rows."""

    ip: str | None = None
    helo: str | None = None
    mail_from: str | None = None
    trust: str | None = None
    at: str = "arrival"
    reports: bool = False
    fail_on: FailOn = "error"

    def failed(self, item: Message, reason: str) -> bytes:
        return encoded(Verified(unread_row(item.saved.source, reason), code=3))


class Message(Struct, frozen=True):
    """A message to verify; ``line`` is its number."""

    line: int
    saved: SavedMessage


class Verified(Struct, frozen=True):
    """The result for one message.

    ``report`` is its report as a line of JSON, if wanted, ``code`` the exit code it calls for, ``accepted``
    the ignore entries that matched.
    """

    row: MessageRow
    report: str = ""
    code: int = 0
    accepted: tuple[Accepted, ...] = ()


_decode = msgspec.json.Decoder(Verified).decode


class MessagePool(Pool[Message, MessageOrders]):
    """Worker processes that verify messages."""

    def verify(self, messages: Iterable[SavedMessage], stopped: Callable[[], bool]) -> Iterator[Verified]:
        """The results, in the order of the messages, until ``stopped`` returns true."""
        left, more, given, shown, octets = iter(messages), True, 0, 0, 0
        done: dict[int, Verified] = {}
        while (more or self.in_hand) and not stopped():
            while more and self.free > 0 and given - shown < MOST_WAITING and octets < MOST_IN_HAND:
                saved = next(left, None)
                if saved is None:
                    more = False
                    break
                self.give(Message(given, saved))
                given, octets = given + 1, octets + len(saved.raw)
            for message, row in self.results(TURN_S):
                octets -= len(message.saved.raw)
                done[message.line] = _decode(row)
            while shown in done and not stopped():
                yield done.pop(shown)
                shown += 1
