"""One query in flight. The usual case, one datagram and one final reply, takes no coroutine."""

from __future__ import annotations

from dns.rdatatype import AAAA, RdataType

from mailproof.dns.answer import Answer, Key
from mailproof.dns.live.errand import Errand, Lane
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import NOERROR, NXDOMAIN, Reply, question_of
from mailproof.dns.live.servers import Servers
from mailproof.dns.live.trust import secure_now
from mailproof.dns.live.turn import Turn
from mailproof.dns.live.udp import Wait
from mailproof.dns.live.window import Place
from mailproof.dns.together import Job, Later


class Question(Later[Answer]):
    """Sends the first datagram as soon as the server's window has room. A final answer completes it; any
    other reply, or none, falls back to the full procedure with retries (``Servers.resolve``).
    """

    __slots__ = (
        "_channel",
        "_job",
        "_key",
        "_lane",
        "_name",
        "_place",
        "_rdtype",
        "_servers",
        "_turn",
        "_wait",
        "_wire",
    )

    def __init__(self, servers: Servers, key: Key, name: bytes, rdtype: RdataType, lane: Lane) -> None:
        super().__init__()
        self._servers, self._key, self._name, self._rdtype, self._lane = servers, key, name, rdtype, lane
        self._wire = question_of(name, rdtype)
        self._place: Place | None = None
        self._turn: Turn | None = None
        self._wait: Wait | None = None
        self._job: Job[Answer] | None = None
        channel = servers.first()
        if channel is None:
            self._go_on(Errand.within(servers.limits.lifetime, lane))
            return
        self._channel = channel
        place = channel.window.place(self._wire, lane)
        if isinstance(place, Later):
            self._place = place
            place.add_done_callback(self._called)
        else:
            self._send(place)

    def _called(self, place: Place) -> None:
        self._place = None
        if not place.failed:
            self._send(place.result())

    def _send(self, turn: Turn | None) -> None:
        if turn is None:
            errand = Errand.within(self._servers.limits.lifetime, self._lane)
            errand.begun = self._channel.unasked()
            self._go_on(errand)
            return
        self._turn = turn
        self._wait = self._channel.send(turn, self._wire, self._servers.limits.timeout, self._came)

    def _came(self, data: bytes | Miss) -> None:
        turn, self._turn = self._turn, None
        self._wait = None  # it refers back to this: a cycle would live until the garbage collector runs
        if turn is None:  # cancelled
            return
        try:
            turn.reply = reply = self._channel.read(data, self._wire)
            answer = self._final(turn, reply)
        except Exception as error:  # noqa: BLE001 - those waiting must not hang
            self.set_exception(error)
            return
        if answer is not None:
            self.set_result(answer)
        else:
            self._go_on(Errand(turn.sent + self._servers.limits.lifetime, self._lane, begun=turn))

    def _final(self, turn: Turn, reply: Reply | Miss) -> Answer | None:
        """The answer, if no alias must be followed and nothing retried."""
        if isinstance(reply, Miss) or reply.rcode not in (NOERROR, NXDOMAIN):
            return None
        if reply.truncated or reply.chain or reply.referral or reply.loops or reply.own:
            return None
        state = self._channel.state
        secure = secure_now(state, reply)
        if secure is None or (self._rdtype == AAAA and reply.records and state.nat64 != frozenset()):
            return None
        return self._servers.answered(self._key, self._channel, turn, reply, secure)

    def _go_on(self, errand: Errand) -> None:
        self._job = Job(self._servers.resolve(self._key, self._name, self._rdtype, errand))
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
        """Stop waiting for a window slot, a reply, or the full procedure."""
        if self._place is not None:
            self._place.cancel()
        if self._turn is not None:
            self._channel.give_up(self._turn, self._wait)
            self._turn = None
        if self._job is not None:
            return self._job.cancel()
        return super().cancel()
