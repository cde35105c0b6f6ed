"""How a resolver queries its name servers: in which order, how often, and what their replies mean."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import dns.rcode
from dns.rdatatype import AAAA, CNAME, RdataType
from msgspec import Struct

from mailproof.dns.answer import Answer, Key
from mailproof.dns.live.channel import Channel, Options
from mailproof.dns.live.errand import Errand, Lane
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import Nameserver
from mailproof.dns.live.nat64 import published
from mailproof.dns.live.packet import (
    MAX_CHAIN,
    NOERROR,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    Reply,
    extended,
    name_text,
    question_of,
)
from mailproof.dns.live.runtime import Runtime
from mailproof.dns.live.state import ServerState, in_order
from mailproof.dns.live.trust import bogus_reason, secure_now, secure_of, start_probe
from mailproof.dns.live.turn import Turn
from mailproof.dns.together import apart
from mailproof.model import Secure, Status

if TYPE_CHECKING:
    from mailproof.dns.dnssec import Validator

_FIRST_WAIT = 1.0  # seconds for a server that has not answered yet, if there are others
_WORSE: dict[Secure, int] = {"yes": 0, "no": 1, "unknown": 2, "bogus": 3}
_AGAIN = ("timeout", "no-way")
_AAAA = int(AAAA).to_bytes(2)
_One = Callable[[Channel, bytes, float, Errand], Awaitable["_Got"]]


class Limits(Struct, frozen=True):
    """Seconds to wait for one server, rounds over those that did not answer, seconds for one query in total,
    and queries to one server at a time."""

    timeout: float
    attempts: int
    lifetime: float
    concurrency: int


class _Got(Struct):
    """The result of querying for one name: a reply to use, or a status and its reason.

    ``again``: whether to retry the same server.
    """

    status: Status
    server: str
    reply: Reply | None = None
    secure: Secure = "unknown"
    reason: str = ""
    again: bool = False


class Servers:
    """A resolver's name servers. ``validator``: validates DNSSEC here, instead of trusting their AD bit."""

    validator: Validator | None = None

    def __init__(self, servers: list[Nameserver], options: Options, limits: Limits) -> None:
        self.limits = limits
        self._states = tuple(ServerState(server) for server in dict.fromkeys(servers))
        self._options = options
        self._runtime: Runtime | None = None

    def first(self) -> Channel | None:
        """The first server, if one datagram and its reply may do; None: use ``resolve``."""
        state = self._states[0]
        channel = self._here().channels[state]
        plain = self.validator is None and state.validates is not None and not state.rests_until
        return channel if plain and channel.udp is not None else None

    def answered(self, key: Key, channel: Channel, turn: Turn, reply: Reply, secure: Secure) -> Answer:
        """End the turn of the first server's reply, which is final, and make the answer of it."""
        seconds = channel.settle(turn)
        status = reply.status
        return Answer(
            *key,
            status,
            reply.records if status == "ok" else (),
            reply.ttl or 0,
            secure,
            (),
            channel.state.server.text,
            seconds * 1000,
            "",
            name_text(reply.soa) if reply.soa else "",
        )

    async def resolve(self, key: Key, name: bytes, rdtype: RdataType, errand: Errand) -> Answer:
        """Query, and query for the target too if a server returned only the CNAME."""
        chain: list[bytes] = []
        ttl: int | None = None
        secure: Secure = "yes"
        asked = name
        while True:
            got = await self._ask(question_of(asked, rdtype), errand, self._ask_one)
            reply, status = got.reply, got.status
            if got.secure != secure and _WORSE[got.secure] > _WORSE[secure]:
                secure = got.secure
            if reply is None:
                break
            chain += reply.chain
            if reply.ttl is not None:
                ttl = reply.ttl if ttl is None else min(ttl, reply.ttl)
            if not chain:
                break
            if reply.loops or len({name, *chain}) <= len(chain) or len(chain) > MAX_CHAIN:
                got = _Got("servfail", got.server, reason=f"a CNAME loop, or more than {MAX_CHAIN} in a row")
                status, secure, reply = got.status, "unknown", None
                break
            if status == "nodata" and reply.chain and not reply.soa and rdtype != CNAME:
                asked = chain[-1]
                errand.again()
                continue
            break
        return Answer(
            *key,
            status,
            reply.records if reply is not None and status == "ok" else (),
            ttl or 0,
            secure,
            tuple(map(name_text, chain)),
            got.server,
            (self.limits.lifetime - errand.left) * 1000,
            got.reason,
            name_text(reply.soa) if reply is not None and reply.soa else "",
        )

    async def _ask(self, question: bytes, errand: Errand, one: _One) -> _Got:
        """Query for one name, over all servers and rounds. Servers that declined under load are retried."""
        worst: _Got | None = None
        channels = self._here().channels
        states = in_order(self._states)
        if errand.begun is not None:  # it went to the first
            states.sort(key=lambda state: state is not self._states[0])
        attempt = 0
        while states:
            again = []
            pause = 0.0
            for index, state in enumerate(states):
                left = errand.left
                if left <= 0:
                    break
                limit = self.limits.timeout
                if not attempt and not state.answered and index + 1 < len(states):
                    limit = min(limit, _FIRST_WAIT)
                got = await one(channels[state], question, limit, errand)
                if got.status not in ("timeout", "servfail", "refused"):
                    return got
                if errand.pause or (got.again and attempt + 1 < self.limits.attempts):
                    again.append(state)
                    pause = max(pause, errand.pause)
                if worst is None or worst.status == "timeout" or got.status == "servfail":
                    worst = got
            attempt += not pause
            errand.small = attempt > 0
            states = again
            errand.lane = Lane.BEGUN
            if states:
                await errand.rest(pause or random.uniform(0.0, 0.1 * self.limits.timeout))  # noqa: S311 - jitter
        return worst or _Got("timeout", "", reason="the time limit of the query was reached")

    async def _ask_one(self, channel: Channel, question: bytes, limit: float, errand: Errand) -> _Got:
        """Query one server once."""
        shown = channel.state.server.text
        if self.validator is None and channel.state.validates is None:
            start_probe(channel)
        reply = await channel.ask(question, limit, errand, check_disabled=self.validator is not None)
        if isinstance(reply, Miss):
            status: Status = "servfail" if reply.kind == "garbage" else "timeout"
            return _Got(status, shown, reason=reply.reason, again=reply.kind in _AGAIN)
        if reply.referral:
            return _Got("servfail", shown, reason=f"{shown} gave a referral: it is not a recursive resolver")
        if reply.rcode == SERVFAIL and self.validator is None and not errand.pause:
            left = min(self.limits.timeout, errand.left)
            found = await bogus_reason(channel, question, reply, left)
            if isinstance(found, Reply):
                reply = found
            elif found:
                return _Got("bogus", shown, secure="bogus", reason=f"{shown}: {found}")
        if reply.rcode in (NOERROR, NXDOMAIN):
            if reply.own:
                return _Got("refused", shown, reason=f"the answer of {shown} is {reply.own}")
            return await self._result_of(channel, question, reply, errand)
        reason = f"{shown} answered {dns.rcode.to_text(dns.rcode.Rcode(reply.rcode))}"
        if reply.rcode == SERVFAIL and channel.state.fails_root:
            reason += ", for the root zone too: its network, clock or trust anchor is at fault"
        elif reply.rcode in (SERVFAIL, REFUSED) and not reply.errors:
            reason = ""  # the status and the server say it all
        if reply.errors:
            reason += extended(*reply.errors[0])
        return _Got(reply.status, shown, reason=reason)

    async def _result_of(self, channel: Channel, question: bytes, reply: Reply, errand: Errand) -> _Got:
        """The status and the DNSSEC state of a reply that is an answer."""
        shown = channel.state.server.text
        if self.validator is None:
            if question[-4:-2] == _AAAA and reply.records:
                reply.records = await published(channel, reply, min(self.limits.timeout, errand.left))
            secure = secure_now(channel.state, reply) or await secure_of(channel, reply)
            return _Got(reply.status, shown, reply, secure)
        from mailproof.dns.live.validation import validate_reply

        status = reply.status
        try:
            verdict = await apart(
                asyncio.wait_for(validate_reply(self.validator, question, reply), max(errand.left, 0))
            )
        except TimeoutError:
            return _Got(status, shown, reply, "unknown", "no time left to validate")
        if verdict.secure == "bogus":
            return _Got("bogus", shown, secure="bogus", reason=verdict.reason)
        return _Got(status, shown, reply, verdict.secure, verdict.reason)

    async def fetch(self, question: bytes) -> Reply | None:
        """A reply with its signatures, not validated by the server (CD); None: there is none."""
        errand = Errand.within(self.limits.lifetime)
        return (await self._ask(question, errand, self._unchecked)).reply

    async def _unchecked(self, channel: Channel, question: bytes, limit: float, errand: Errand) -> _Got:
        reply = await channel.ask(question, limit, errand, check_disabled=True)
        if isinstance(reply, Reply) and reply.rcode in (NOERROR, NXDOMAIN) and not reply.own:
            return _Got("ok", "", reply)
        again = isinstance(reply, Miss) and reply.kind in _AGAIN
        return _Got("timeout" if again else "servfail", "", again=again)

    def _here(self) -> Runtime:
        """The sockets of the running event loop."""
        runtime = self._runtime
        if runtime is None or runtime.loop is not asyncio.get_running_loop():
            if runtime is not None:
                runtime.abandon()
                if self.validator is not None:
                    self.validator.forget_pending()
            patience = max(self.limits.attempts, 2) if len(self._states) == 1 else 1
            self._runtime = runtime = Runtime(self._states, self._options, self.limits.concurrency, patience)
        return runtime

    async def aclose(self) -> None:
        """Close all sockets. Later queries open new ones."""
        runtime, self._runtime = self._runtime, None
        if self.validator is not None:
            self.validator.forget_pending()
        if runtime is None:
            return
        if runtime.loop is asyncio.get_running_loop():
            await runtime.aclose()
        else:
            runtime.abandon()
