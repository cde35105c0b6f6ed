"""Queries to one server in one event loop, over any transport."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.dns.live.errand import Errand
from mailproof.dns.live.https import HttpsPool
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import (
    BADVERS,
    FORMERR,
    NOERROR,
    NOTIMP,
    NXDOMAIN,
    BadReply,
    Reply,
    build_query,
    read_reply,
)
from mailproof.dns.live.state import ServerState
from mailproof.dns.live.stream import StreamPool
from mailproof.dns.live.turn import Turn
from mailproof.dns.live.udp import Then, UdpPool, Wait
from mailproof.dns.live.window import Window
from mailproof.dns.together import apart

if TYPE_CHECKING:
    import ssl

_NO_EDNS = frozenset({FORMERR, NOTIMP, BADVERS})
_SMALLEST = 512  # RFC 6891 section 6.2.5
_TCP_CONNECTIONS = 32
_TLS_CONNECTIONS, _TLS_DEPTH = 2, 1000


class Options(Struct, frozen=True):
    """Options shared by all servers of a resolver. ``payload``: the EDNS buffer size (0: no EDNS).

    ``recursion``: whether to set RD.
    """

    payload: int = 1232
    mix_case: bool = False
    tls: ssl.SSLContext | None = None
    recursion: bool = True


class Channel:
    """Queries one server, with the protocol's fallbacks: without EDNS, and over TCP."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, state: ServerState, options: Options, window: Window
    ) -> None:
        self.state = state
        self.window = window
        self._loop = loop
        self._options = options
        self.udp: UdpPool | None = None
        self._stream: StreamPool | None = None
        self._https: HttpsPool | None = None
        self.probe: asyncio.Task[None] | None = None
        if state.server.transport == "udp":
            self.udp = UdpPool(loop, state.server)

    async def ask(
        self,
        question: bytes,
        timeout: float,
        errand: Errand | None = None,
        *,
        urgent: bool = False,
        check_disabled: bool = False,
    ) -> Reply | Miss:
        """The reply to ``question``, or why there is none. ``timeout`` (seconds) starts when it is sent.

        An ``urgent`` query skips the queue.
        """
        errand = errand or Errand.within(timeout)
        begun, errand.begun = errand.begun, None
        turn = begun or await self.window.enter(question, errand, urgent=urgent)
        if turn is None:
            return self.unasked()
        if isinstance(turn, Miss):
            return turn
        try:
            payload = self._options.payload if self.state.edns else 0
            payload = min(payload, _SMALLEST) if errand.small else payload
            reply = await self._exchange(question, payload, min(timeout, errand.left), check_disabled, turn)
        except BaseException:
            self.window.end(turn)
            raise
        self.window.leave(turn, errand, reply)
        return reply

    def unasked(self) -> Miss:
        """The result for a query that was never sent."""
        return Miss("unasked", f"no answer from {self.state.server.text} to earlier queries")

    def send(self, turn: Turn, question: bytes, timeout: float, then: Then) -> Wait | None:
        """Send a datagram now; ``then`` is called later with the result, to pass to ``read``.

        None: there was no socket, which is then the result. If the reply is not final, ``ask`` continues from
        it (``errand.begun``).
        """
        if self.udp is None:
            raise TypeError(f"{self.state.server.text} takes no datagrams")
        asked = _mix_case(question) if self._options.mix_case else question
        query = self._query(asked, self._options.payload if self.state.edns else 0, False)
        return self.udp.send(query, asked, turn.sent + timeout, asked is not question, then)

    def settle(self, turn: Turn) -> float:
        """End the turn of a query whose answer is final; the seconds that it took."""
        self.state.note_answer()
        return self.window.answered(turn)

    def give_up(self, turn: Turn, wait: Wait | None) -> None:
        """Drop a query that was sent: no one waits for its reply."""
        if wait is not None and self.udp is not None:
            self.udp.forget(wait)
        self.window.end(turn)

    async def _exchange(
        self, question: bytes, payload: int, timeout: float, check_disabled: bool, turn: Turn
    ) -> Reply | Miss:
        state, asked = self.state, turn.sent
        reply: Reply | Miss
        if turn.reply is not None:
            reply = turn.reply
        elif self.udp is None:
            reply = await self._reliably(question, payload, timeout, check_disabled)
        else:
            reply = await self._datagram(self.udp, question, payload, timeout, check_disabled)
        if self.udp is not None and _incomplete(reply):
            reply = await self._reliably(question, payload, _left(asked, timeout), check_disabled)
        if isinstance(reply, Miss):
            state.note_miss(reply, asked)
            return reply
        if payload and reply.rcode in _NO_EDNS:
            plain = await self._without_edns(question, _left(asked, timeout), check_disabled)
            if plain is not None:
                state.edns = reply.edns  # no OPT in its refusal: it does not support EDNS at all
                reply = plain
        state.note_answer()
        return reply

    async def _datagram(
        self, udp: UdpPool, question: bytes, payload: int, timeout: float, check_disabled: bool
    ) -> Reply | Miss:
        asked = _mix_case(question) if self._options.mix_case else question
        query = self._query(asked, payload, check_disabled)
        deadline = time.monotonic() + timeout
        return self.read(await udp.ask(query, asked, deadline, asked is not question), question)

    async def _without_edns(self, question: bytes, timeout: float, check_disabled: bool) -> Reply | None:
        """The answer to a query without EDNS (RFC 1035), if that one succeeds."""
        started = time.monotonic()
        reply: Reply | Miss | None = None
        if self.udp is not None and timeout > 0:
            reply = await self._datagram(self.udp, question, 0, timeout, check_disabled)
        if reply is None or _incomplete(reply):
            reply = await self._reliably(question, 0, _left(started, timeout), check_disabled)
        return reply if isinstance(reply, Reply) and reply.rcode in (NOERROR, NXDOMAIN) else None

    async def _reliably(
        self, question: bytes, payload: int, timeout: float, check_disabled: bool
    ) -> Reply | Miss:
        """Query over TCP, TLS or HTTPS, where replies are not truncated."""
        query = self._query(question, payload, check_disabled)
        reply = self.read(await self._stream_ask(query, question, timeout), question)
        if isinstance(reply, Reply) and reply.truncated:
            return Miss("garbage", f"{self.state.server.text} truncates its answer even over a stream")
        return reply

    async def _stream_ask(self, query: bytes, question: bytes, timeout: float) -> bytes | Miss:
        server = self.state.server
        if timeout <= 0:
            return Miss("timeout", f"no time left to ask {server.text}")
        if server.transport == "https":
            if self._https is None:
                assert self._options.tls is not None
                self._https = HttpsPool(server, self._options.tls)
            return await apart(self._https.ask(query, question, timeout))
        if self._stream is None:
            if server.transport == "tls":
                tls = self._options.tls
                self._stream = StreamPool(
                    self._loop, server, connections=_TLS_CONNECTIONS, depth=_TLS_DEPTH, tls=tls
                )
            else:
                self._stream = StreamPool(self._loop, server, connections=_TCP_CONNECTIONS, depth=1)
        return await apart(self._stream.ask(query, question, timeout))

    def _query(self, question: bytes, payload: int, check_disabled: bool) -> bytes:
        recursion = self._options.recursion
        return build_query(question, payload=payload, check_disabled=check_disabled, recursion=recursion)

    def read(self, data: bytes | Miss, question: bytes) -> Reply | Miss:
        """Parse what was received as a reply to ``question``."""
        if isinstance(data, Miss):
            return data
        try:
            return read_reply(data, question)
        except BadReply as error:
            return Miss("garbage", f"{self.state.server.text}: {error}")

    def close(self) -> None:
        """Close all sockets at once (HTTPS: see aclose)."""
        if self.udp is not None:
            self.udp.close()
        if self._stream is not None:
            self._stream.close()

    async def aclose(self) -> None:
        """Close everything."""
        self.close()
        if self._https is not None:
            client, self._https = self._https, None
            await client.aclose()


def _incomplete(reply: Reply | Miss) -> bool:
    """Whether a datagram does not hold the whole reply: truncated (TC), or cut off on its way."""
    return reply.kind == "garbage" if isinstance(reply, Miss) else reply.truncated


def _left(since: float, timeout: float) -> float:
    return timeout - (time.monotonic() - since)


def _mix_case(question: bytes) -> bytes:
    """The question in random case (draft-vixie-dnsext-dns0x20). Its last four octets are type and class."""
    name = question[:-4]
    bits = random.SystemRandom().getrandbits(len(name))
    upper = name.upper()  # length octets (at most 63) are below any letter, so they stay as they are
    mixed = bytes(upper[i] if bits >> i & 1 else name[i] for i in range(len(name)))
    return mixed + question[-4:]
