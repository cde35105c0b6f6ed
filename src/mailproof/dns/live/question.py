"""One question on its way: a datagram and its reply without a coroutine, where nothing comes between."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from mailproof.dns.answer import Answer
from mailproof.dns.live.channel import Channel
from mailproof.dns.live.errand import Errand
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import NOERROR, NXDOMAIN, Reply
from mailproof.dns.live.trust import secure_now
from mailproof.dns.live.turn import Turn
from mailproof.dns.together import Job, Later
from mailproof.model import Secure

Answered = Callable[[Reply, Secure], Answer]
Resolve = Callable[[], Coroutine[Any, Any, Answer]]


class Question(Later[Answer]):
    """The first try goes out at once where the server has room. An answer like most ends it (``answered``);
    with any other reply, and where there is no room, the whole way is gone (``resolve``)."""

    __slots__ = ("_answered", "_channel", "_errand", "_job", "_resolve", "_turn", "_wire")

    def __init__(self, wire: bytes, errand: Errand, answered: Answered, resolve: Resolve) -> None:
        super().__init__()
        self._wire, self._errand, self._answered, self._resolve = wire, errand, answered, resolve
        self._job: Job[Answer] | None = None
        self._turn: Turn | None = None

    def begin(self, channel: Channel | None, timeout: float) -> Question:
        """Send it. ``channel``: None where no server can be asked just so."""
        if channel is not None:
            self._channel = channel
            self._turn = channel.begin(self._wire, timeout, self._errand, self._came)
        if self._turn is None:
            self._go_on()
        return self

    def _came(self, data: bytes | Miss) -> None:
        turn, self._turn = self._turn, None
        if turn is None:  # it was given up
            return
        try:
            answer = self._final(turn, self._channel.read(data, self._wire))
        except Exception as error:  # noqa: BLE001 - whoever waits must not wait for ever
            self.set_exception(error)
            return
        if answer is not None:
            self.set_result(answer)
        else:
            self._errand.begun = turn
            self._go_on()

    def _final(self, turn: Turn, reply: Reply | Miss) -> Answer | None:
        """The answer, where there is nothing to follow or to ask once more."""
        turn.reply = reply
        if isinstance(reply, Miss) or reply.rcode not in (NOERROR, NXDOMAIN):
            return None
        if reply.truncated or reply.chain or reply.referral or reply.loops:
            return None
        secure = secure_now(self._channel.state, reply)
        if secure is None:
            return None
        self._channel.settle(turn, self._errand)
        return self._answered(reply, secure)

    def _go_on(self) -> None:
        self._job = Job(self._resolve())
        self._job.add_done_callback(self._take)

    def _take(self, job: Job[Answer]) -> None:
        if self.done():
            return
        if job.cancelled():
            super().cancel()
        elif (error := job.exception()) is not None:
            self.set_exception(error)
        else:
            self.set_result(job.result())

    def cancel(self) -> bool:
        """Nothing is waited for any more."""
        if self._turn is not None:
            self._channel.give_up(self._turn, self._errand)
            self._turn = None
        if self._job is not None:
            return self._job.cancel()
        return super().cancel()
