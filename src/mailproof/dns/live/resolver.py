"""The resolver that asks real name servers."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import dns.exception
from dns.rdatatype import CNAME, RdataType, is_metatype
from msgspec import Struct

from mailproof.dns.answer import Answer, Flying, Key
from mailproof.dns.live.channel import Channel, Options
from mailproof.dns.live.errand import Errand, Lane
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import parse_nameserver
from mailproof.dns.live.packet import (
    MAX_CHAIN,
    NOERROR,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    Reply,
    encode_name,
    name_text,
    question_of,
)
from mailproof.dns.live.question import Question
from mailproof.dns.live.runtime import Runtime
from mailproof.dns.live.state import ServerState, in_order
from mailproof.dns.live.system import system_config
from mailproof.dns.live.trust import bogus_reason, secure_now, secure_of, start_probe
from mailproof.dns.text import normalize
from mailproof.dns.together import apart
from mailproof.errors import UsageError
from mailproof.model import Secure, Status

if TYPE_CHECKING:
    import ssl

    from mailproof.dns.anchors import TrustAnchors
    from mailproof.dns.dnssec import Validator

_FIRST_WAIT = 1.0  # seconds for a server that never answered yet, while there are others
_WORSE: dict[Secure, int] = {"yes": 0, "no": 1, "unknown": 2, "bogus": 3}
_FAILURES: dict[int, str] = {SERVFAIL: "SERVFAIL", REFUSED: "REFUSED"}
_AGAIN = ("timeout", "no-way")
_One = Callable[[Channel, bytes, float, Errand], Awaitable["_Got"]]


class _Got(Struct):
    """What asking the servers for one name gave: a reply to use, or a status and its reason.

    ``again``: whether to ask the same server once more.
    """

    status: Status
    server: str
    reply: Reply | None = None
    secure: Secure = "unknown"
    reason: str = ""
    again: bool = False


class LiveResolver:
    """Asks recursive resolvers over UDP (TCP where truncated), TLS or HTTPS.

    ``nameservers``: ``addr``, ``addr:port``, ``[v6]:port``, ``tls://host[:port][#name]`` or
    ``https://host/dns-query``, asked in this order; None: those of the system's resolv.conf, never a public
    one (UsageError where it names none). ``timeout``: seconds to wait for one server; ``attempts``: rounds
    over the servers that did not answer; ``lifetime``: how long one query waits for servers in all. A server
    is asked as much at a time as it turns out to answer (``dns.live.window``), ``concurrency`` at most; time
    in that queue does not count. ``payload``: the EDNS buffer size, 0 for no EDNS. ``mix_case``: 0x20.
    ``ca_file``: the authorities (PEM) for TLS and HTTPS instead of the system's.

    ``Answer.secure`` is what the resolvers say (the AD bit); with ``validate`` it is validated by walking
    from ``trust_anchors`` (default: the root's keys), whatever they say.

    Names that cannot exist in the DNS (an empty label, one of more than 63 octets, more than 255 in all) are
    not asked for: their status is ``nxdomain``, with the reason. Works in any event loop, in one after the
    other too; sockets are closed when the loop ends or by ``aclose``.
    """

    taskless = True

    def __init__(
        self,
        nameservers: Sequence[str] | None = None,
        timeout: float | None = None,
        *,
        attempts: int | None = None,
        lifetime: float | None = None,
        concurrency: int = 1000,
        payload: int = 1232,
        mix_case: bool = False,
        ca_file: str | None = None,
        validate: bool = False,
        trust_anchors: TrustAnchors | None = None,
    ) -> None:
        if sys.platform == "win32":
            raise UsageError(
                "live DNS needs Linux, macOS or another Unix (on Windows: WSL), whose event loop can watch a"
                " socket; zone files with --offline work anywhere"
            )
        if isinstance(nameservers, str):
            nameservers = (nameservers,)
        if nameservers is None:
            system = system_config()
            nameservers = system.nameservers
            timeout = system.timeout if timeout is None else timeout
            attempts = system.attempts if attempts is None else attempts
        if not nameservers:
            raise UsageError("no name server is given")
        self.timeout = 2.0 if timeout is None else timeout
        self.attempts = 2 if attempts is None else attempts
        self.lifetime = self.timeout * (self.attempts + 1) if lifetime is None else lifetime
        if not (self.timeout > 0 and self.lifetime > 0 and 0 < self.attempts <= 10 and concurrency > 0):
            raise UsageError(
                "timeout, lifetime, attempts (up to 10) and concurrency must be greater than zero"
            )
        if payload and not 512 <= payload <= 4096:
            raise UsageError("the EDNS payload must be 0 (no EDNS) or from 512 to 4096")
        servers = [parse_nameserver(text) for text in nameservers]
        self._states = tuple(ServerState(server) for server in dict.fromkeys(servers))
        encrypted = any(server.transport != "udp" for server in servers)
        tls = _tls_context(ca_file) if encrypted else None
        self._options = Options(payload=payload, mix_case=mix_case, tls=tls)
        self._concurrency = concurrency
        self._runtime: Runtime | None = None
        self._validator: Validator | None = None
        if validate:
            from mailproof.dns.live.validation import validator_for

            self._validator = validator_for(self.fetch, trust_anchors)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver. An ``rrtype`` that cannot be asked for gives ``servfail`` with the reason."""
        return await _of(self.begin((normalize(name), rrtype.upper())))

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        return await _of(self.begin((normalize(name), rrtype.upper()), guess=True))

    def begin(self, key: Key, *, guess: bool = False) -> Answer | Flying:
        """See BeginningResolver."""
        name, kind = key
        rdtype = _rdtype(kind)
        if rdtype is None:
            reason = f"{kind[:20]!a} is not a record type that can be asked for"
            return Answer(name, kind, "servfail", reason=reason)
        wire = encode_name(name)
        if wire is None:
            reason = "not a name that can exist in the DNS (an empty or too long label, or too long)"
            return Answer(name, kind, "nxdomain", reason=reason)
        errand = Errand.within(self.lifetime, Lane.GUESS if guess else Lane.RECORD)
        runtime, state = self._here(), self._states[0]

        def answered(reply: Reply, secure: Secure) -> Answer:
            return self._answer(key, _status(reply), reply, errand, secure, state.server.text)

        def resolve() -> Coroutine[Any, Any, Answer]:
            return self._resolve(runtime, key, wire, rdtype, errand)

        plain = self._validator is None and state.validates is not None and not state.rests_until
        question = Question(question_of(wire, rdtype), errand, answered, resolve)
        return question.begin(runtime.channels[state] if plain else None, self.timeout)

    async def _resolve(
        self, runtime: Runtime, key: Key, wire: bytes, rdtype: RdataType, errand: Errand
    ) -> Answer:
        """Ask, and ask again for the target where a server gave just the CNAME."""
        chain: list[bytes] = []
        ttl: int | None = None
        secure: Secure = "yes"
        asked = wire
        while True:
            got = await self._ask(runtime, question_of(asked, rdtype), errand, self._ask_one)
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
            if reply.loops or len({wire, *chain}) <= len(chain) or len(chain) > MAX_CHAIN:
                got = _Got("servfail", got.server, reason=f"a CNAME loop, or more than {MAX_CHAIN} in a row")
                status, secure, reply = got.status, "unknown", None
                break
            if status == "nodata" and reply.chain and not reply.soa and rdtype != CNAME:
                asked = chain[-1]
                errand.again()
                continue
            break
        return self._answer(key, status, reply, errand, secure, got.server, got.reason, chain, ttl or 0)

    def _answer(
        self,
        key: Key,
        status: Status,
        reply: Reply | None,
        errand: Errand,
        secure: Secure,
        server: str,
        reason: str = "",
        chain: Sequence[bytes] = (),
        ttl: int | None = None,
    ) -> Answer:
        return Answer(
            *key,
            status,
            reply.records if reply is not None and status == "ok" else (),
            (reply.ttl or 0 if reply is not None else 0) if ttl is None else ttl,
            secure,
            tuple(map(name_text, chain)) if chain else (),
            server,
            (self.lifetime - errand.left) * 1000,
            reason,
            name_text(reply.soa) if reply is not None and reply.soa else "",
        )

    async def _ask(self, runtime: Runtime, question: bytes, errand: Errand, one: _One) -> _Got:
        """One name, over all servers and rounds. Who declined for want of room is asked once more too."""
        worst: _Got | None = None
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
                limit = self.timeout
                if not attempt and not state.answered and index + 1 < len(states):
                    limit = min(limit, _FIRST_WAIT)
                got = await one(runtime.channels[state], question, limit, errand)
                if got.status not in ("timeout", "servfail", "refused"):
                    return got
                if errand.pause or (got.again and attempt + 1 < self.attempts):
                    again.append(state)
                    pause = max(pause, errand.pause)
                if worst is None or worst.status == "timeout" or got.status == "servfail":
                    worst = got
            attempt += not pause
            states = again
            errand.lane = Lane.BEGUN
            if states:
                await errand.rest(pause or random.uniform(0.0, 0.1 * self.timeout))  # noqa: S311 - jitter
        return worst or _Got("timeout", "", reason="the time limit of the query was reached")

    async def _ask_one(self, channel: Channel, question: bytes, limit: float, errand: Errand) -> _Got:
        """One server, once."""
        shown = channel.state.server.text
        if self._validator is None and channel.state.validates is None:
            start_probe(channel)
        reply = await channel.ask(question, limit, errand, check_disabled=self._validator is not None)
        if isinstance(reply, Miss):
            status: Status = "servfail" if reply.kind == "garbage" else "timeout"
            return _Got(status, shown, reason=reply.reason, again=reply.kind in _AGAIN)
        if reply.referral:
            return _Got("servfail", shown, reason=f"{shown} gave a referral: it is not a recursive resolver")
        if reply.rcode in (NOERROR, NXDOMAIN):
            return await self._judge(channel, question, reply, errand)
        reason = f"{shown} answered {_FAILURES.get(reply.rcode, f'RCODE {reply.rcode}')}"
        if reply.rcode == SERVFAIL and self._validator is None and not errand.pause:
            left = min(self.timeout, errand.left)
            why = await bogus_reason(channel, question, reply, left)
            if why:
                return _Got("bogus", shown, secure="bogus", reason=f"{shown}: {why}")
        if reply.errors:
            reason += f" (EDE {reply.errors[0][0]}{': ' + reply.errors[0][1] if reply.errors[0][1] else ''})"
        return _Got("refused" if reply.rcode == REFUSED else "servfail", shown, reason=reason)

    async def _judge(self, channel: Channel, question: bytes, reply: Reply, errand: Errand) -> _Got:
        """The status and the DNSSEC state of a reply that is an answer."""
        shown = channel.state.server.text
        status = _status(reply)
        if self._validator is None:
            secure = secure_now(channel.state, reply) or await secure_of(channel, reply)
            return _Got(status, shown, reply, secure)
        from mailproof.dns.live.validation import judge

        try:
            verdict = await apart(
                asyncio.wait_for(judge(self._validator, question, reply), max(errand.left, 0))
            )
        except TimeoutError:
            return _Got(status, shown, reply, "unknown", "no time left to validate")
        if verdict.secure == "bogus":
            return _Got("bogus", shown, secure="bogus", reason=verdict.reason)
        return _Got(status, shown, reply, verdict.secure, verdict.reason)

    async def fetch(self, question: bytes) -> Reply | None:
        """A reply with its signatures for the validator, unchecked by the server; None: there is none."""
        errand = Errand.within(self.lifetime)
        return (await self._ask(self._here(), question, errand, self._unchecked)).reply

    async def _unchecked(self, channel: Channel, question: bytes, limit: float, errand: Errand) -> _Got:
        reply = await channel.ask(question, limit, errand, check_disabled=True)
        if isinstance(reply, Reply) and reply.rcode in (NOERROR, NXDOMAIN):
            return _Got("ok", "", reply)
        again = isinstance(reply, Miss) and reply.kind in _AGAIN
        return _Got("timeout" if again else "servfail", "", again=again)

    def _here(self) -> Runtime:
        """The sockets of the running event loop."""
        runtime = self._runtime
        if runtime is None or runtime.loop is not asyncio.get_running_loop():
            if runtime is not None:
                runtime.abandon()
                if self._validator is not None:
                    self._validator.forget_pending()
            patience = max(self.attempts, 2) if len(self._states) == 1 else 1
            self._runtime = runtime = Runtime(self._states, self._options, self._concurrency, patience)
        return runtime

    async def aclose(self) -> None:
        """Close all sockets. The resolver may be used again: it opens new ones."""
        runtime, self._runtime = self._runtime, None
        if self._validator is not None:
            self._validator.forget_pending()
        if runtime is None:
            return
        if runtime.loop is asyncio.get_running_loop():
            await runtime.aclose()
        else:
            runtime.abandon()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


async def _of(found: Answer | Flying) -> Answer:
    return found if isinstance(found, Answer) else await found


def _status(reply: Reply) -> Status:
    """That of a reply that is an answer."""
    if reply.rcode == NXDOMAIN:
        return "nxdomain"
    return "ok" if reply.records else "nodata"


@lru_cache(256)
def _rdtype(text: str) -> RdataType | None:
    try:
        rdtype = RdataType.from_text(text)
    except (dns.exception.DNSException, ValueError):
        return None
    return None if is_metatype(rdtype) else rdtype


def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Certificates and names are always verified, against ``ca_file`` or the system's authorities."""
    from mailproof.tls_context import client_context

    try:
        return client_context(ca_file)
    except OSError as error:  # SSLError too: not PEM
        raise UsageError(f"CA file {ca_file}: {error.strerror or error}") from error
