"""One question on its way: a datagram and its reply without a coroutine, where nothing comes between."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from mailproof.dns.answer import Answer
from mailproof.dns.live.begun import Begun
from mailproof.dns.live.channel import Channel
from mailproof.dns.live.errand import Errand
from mailproof.dns.live.packet import NOERROR, NXDOMAIN, Reply
from mailproof.dns.live.trust import secure_now
from mailproof.dns.together import Job, Later
from mailproof.model import Secure

Answered = Callable[[Reply, Secure], Answer]
Resolve = Callable[[], Coroutine[Any, Any, Answer]]


class Question(Later[Answer]):
    """The first try goes out at once where the server has room. An answer like most ends it (``answered``);
    with any other reply, and where there is no room, the whole way is gone (``resolve``)."""

    __slots__ = ("_answered", "_begun", "_channel", "_errand", "_job", "_resolve")

    def __init__(self, errand: Errand, answered: Answered, resolve: Resolve) -> None:
        super().__init__()
        self._errand, self._answered, self._resolve = errand, answered, resolve
        self._job: Job[Answer] | None = None
        self._begun: Begun | None = None
        self._channel: Channel | None = None

    def begin(self, channel: Channel | None, wire: bytes, timeout: float) -> Question:
        """Send it. ``channel``: None where no server can be asked just so."""
        self._channel = channel
        if channel is not None and (begun := channel.begin(wire, timeout, self._errand, self._came)):
            if not self.done() and self._job is None:
                self._begun = begun
        else:
            self._go_on()
        return self

    def _came(self, begun: Begun) -> None:
        self._begun = None
        if self.done():
            return
        try:
            answer = self._final(begun)
        except Exception as error:  # noqa: BLE001 - whoever waits must not wait for ever
            self.set_exception(error)
            return
        if answer is not None:
            self.set_result(answer)
        else:
            self._errand.begun = begun
            self._go_on()

    def _final(self, begun: Begun) -> Answer | None:
        """The answer, where the reply is like most."""
        reply, channel = begun.reply, self._channel
        if channel is None or not isinstance(reply, Reply) or not _is_plain(reply):
            return None
        secure = secure_now(channel.state, reply)
        if secure is None:
            return None
        channel.settle(begun, self._errand)
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
        if self._begun is not None and self._channel is not None:
            self._channel.give_up(self._begun, self._errand)
            self._begun = None
        if self._job is not None:
            return self._job.cancel()
        return super().cancel()


def _is_plain(reply: Reply) -> bool:
    """Whether there is nothing to follow or to ask once more."""
    return (
        reply.rcode in (NOERROR, NXDOMAIN)
        and not reply.truncated
        and not reply.chain
        and not reply.referral
        and not reply.loops
    )
