"""The conversation with a mailbox server, with limits: a server that never stops is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from mailproof.mail.mailbox import MailboxError
from mailproof.mail.mailboxes.limits import MAX_LINE, MAX_OCTETS, MAX_REPLIES, REPLIES_A_TURN
from mailproof.mail.wire import CHUNK, ConnectionEnded, TooMuch, Wire


class Conversation:
    """A connection. Raises MailboxError for anything that ends it.

    Everything received counts towards the limits of the current phase, which ``renew`` starts; the caller
    limits the time. However much there is to read, it yields to other tasks.
    """

    def __init__(self, wire: Wire, timeout: float) -> None:
        self.wire, self.timeout = wire, timeout
        self._replies = self._octets = 0

    def renew(self) -> None:
        """Start a new phase, with fresh limits."""
        self._replies = self._octets = 0

    async def say(self, data: bytes) -> None:
        with as_mailbox_errors("stopped reading"):
            await self.wire.write(data, self.timeout)

    async def say_line(self, line: bytes) -> None:
        await self.say(line + b"\r\n")

    async def line(self) -> bytes:
        with as_mailbox_errors(f"said nothing for {self.timeout:g} s"):
            return await self.line_within(self.timeout)

    async def line_within(self, seconds: float) -> bytes:
        """Read one line, within the same limits; TimeoutError propagates."""
        with as_mailbox_errors(""):
            line = await self.wire.read_line(MAX_LINE, seconds)
        self._replies += 1
        if self._replies > MAX_REPLIES:
            raise MailboxError(
                "protocol", f"the mailbox server does not stop sending: more than {MAX_REPLIES:,} replies"
            )
        self._count(len(line))
        if self._replies % REPLIES_A_TURN == 0:
            await asyncio.sleep(0)
        return line

    async def pour(self, count: int, into: Callable[[bytes], None]) -> None:
        """Pass on the next ``count`` octets as they arrive."""
        if count + self._octets > MAX_OCTETS:
            self._count(count)
        while count > 0:
            piece = await self._piece(min(count, CHUNK))
            count -= len(piece)
            into(piece)

    async def pour_lines(self, into: Callable[[bytes], None]) -> None:
        """Pass on text up to the line with a single dot, undoing dot stuffing (RFC 1939 section 3)."""
        held, first = b"\n", True
        while True:
            held += await self._piece(CHUNK)
            end = min((at for at in (held.find(b"\n.\r\n"), held.find(b"\n.\n")) if at >= 0), default=-1)
            if end >= 0:
                rest = held[end + 1 :].partition(b"\n")[2]
                into(_undotted(held[: end + 1], first))
                self.wire.unread(rest)
                self._octets -= len(rest)
                return
            cut = held.rfind(b"\n", max(len(held) - 4, 0))
            cut = len(held) if cut < 0 else cut
            if cut > 0:
                into(_undotted(held[:cut], first))
                first = False
            held = held[cut:]

    async def leave(self, farewell: bytes) -> None:
        """Log out politely, in at most a second, and close; raises nothing."""
        try:
            with suppress(ConnectionEnded, TooMuch, TimeoutError):
                await self.wire.write(farewell + b"\r\n", 0.5)
                await self.wire.read_line(MAX_LINE, 0.5)
        finally:
            await self.wire.close()

    async def _piece(self, limit: int) -> bytes:
        with as_mailbox_errors(f"said nothing for {self.timeout:g} s"):
            piece = await self.wire.read_some(limit, self.timeout)
        self._count(len(piece))
        await asyncio.sleep(0)
        return piece

    def _count(self, octets: int) -> None:
        self._octets += octets
        if self._octets > MAX_OCTETS:
            raise MailboxError(
                "protocol", f"the mailbox server does not stop sending: more than {MAX_OCTETS:,} octets"
            )


def _undotted(text: bytes, first: bool) -> bytes:
    """Undo dot stuffing; ``first``: strip the line ending that we put before the text."""
    return text.replace(b"\n..", b"\n.")[first:]


@contextmanager
def as_mailbox_errors(slow: str) -> Iterator[None]:
    """Turn connection errors into MailboxError; TimeoutError propagates if ``slow`` is empty."""
    try:
        yield
    except TooMuch as error:
        raise MailboxError("protocol", f"the mailbox server sent {error}") from None
    except ConnectionEnded as error:
        raise MailboxError("protocol", f"the mailbox server ended the connection ({error})") from None
    except TimeoutError:
        if not slow:
            raise
        raise MailboxError("protocol", f"the mailbox server {slow}") from None
