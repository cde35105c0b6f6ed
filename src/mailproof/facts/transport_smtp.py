"""Probes one address of a mail host: greeting, EHLO, STARTTLS, certificate, relaying."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from mailproof.facts.transport_options import TransportOptions
from mailproof.mail.connect import Trouble, open_wire, secure
from mailproof.mail.smtp_reply import Reply, ReplyError, own_name, parameters, read_reply
from mailproof.mail.tls import MAX_CHAIN, TlsSettings, raw_chain
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import ConnectState, MxConnectionFacts
from mailproof.records.hostnames import name_matches
from mailproof.structs import replace

#: Domains that exist and accept no mail (RFC 2606, RFC 7505): nothing could be delivered even by mistake.
FOREIGN_SENDER = "relay-test@example.org"
FOREIGN_RECIPIENT = "relay-test@example.net"
NO_AUTHORITIES = "this machine has no CA certificates to verify with"

_STATES: Mapping[str, ConnectState] = {"timeout": "timeout", "refused": "refused"}


class Line(Struct):
    """An SMTP connection with its time limit per reply."""

    wire: Wire
    timeout: float
    greeting_more: float
    gone: bool = False
    waiting: bool = False

    async def greeting(self) -> Reply:
        """Read the greeting. Raises as ``ask`` does."""
        self.waiting = True
        reply = await read_reply(self.wire, self.timeout, more=self.greeting_more)
        self.waiting = False
        return reply

    async def ask(self, command: str) -> Reply:
        """Send a command and read its reply. Raises ReplyError, ConnectionEnded, TimeoutError."""
        self.waiting = True
        await self.wire.write(command.encode("ascii") + b"\r\n", self.timeout)
        reply = await read_reply(self.wire, self.timeout)
        self.waiting = False
        return reply

    async def hello(self) -> Reply:
        """Send EHLO with the machine's full name or its address (RFC 5321 section 4.1.4)."""
        return await self.ask(f"EHLO {own_name(self.wire.local_address)}")

    async def drop(self) -> None:
        """Close without QUIT."""
        self.gone = True
        await self.wire.close()

    async def leave(self) -> None:
        """Send QUIT, wait for a moment, and close; do nothing if already closed.

        A host that still owes a reply gets no QUIT: that would just be one more timeout.
        """
        if self.gone:
            return
        if not self.waiting:
            try:
                await self.wire.write(b"QUIT\r\n", 1.0)
                await read_reply(self.wire, 1.0)
            except (ReplyError, ConnectionEnded, TimeoutError):
                pass
        await self.wire.close()


async def call(address: str, options: TransportOptions) -> Line:
    """Connect. Raises Trouble."""
    wire, _ = await open_wire(*options.place(address, options.port), timeout=options.connect_timeout)
    return Line(wire, options.reply_timeout, options.greeting_more)


class Seen(Struct, frozen=True):
    """The facts, and the certificates as sent (DER, leaf first)."""

    facts: MxConnectionFacts
    chain: tuple[bytes, ...] = ()


async def probe_address(host: str, address: str, options: TransportOptions, now: datetime) -> Seen:
    """Hold one conversation, or two if the TLS handshake fails. Never raises for what the host does."""
    started = time.monotonic()
    probe = _Probe(host, address, options, now)
    try:
        async with asyncio.timeout(options.connection_timeout):
            await probe.run()
    except TimeoutError:
        probe.cut_off(f"not finished within {options.connection_timeout:g} s")
    elapsed = round((time.monotonic() - started) * 1000, 1)
    return Seen(replace(probe.facts, elapsed_ms=elapsed), probe.chain)


class _Lost(Exception):
    """Ends the conversation; what is known is in the facts."""


class _Probe:
    def __init__(self, host: str, address: str, options: TransportOptions, now: datetime) -> None:
        self.options, self.now = options, now
        self.facts = MxConnectionFacts(host, address, options.port)
        self.chain: tuple[bytes, ...] = ()

    def note(self, **values: object) -> None:
        self.facts = replace(self.facts, **values)  # type: ignore[arg-type] # the names of fields, by the callers

    def cut_off(self, why: str) -> None:
        if self.facts.state == "skipped":
            self.note(state="silent", reason=why)
        elif not self.facts.reason:
            self.note(reason=why)

    async def run(self) -> None:
        verify = can_verify(self.options)
        refused = await self._conversation(verify=verify, legacy=False)
        if refused is None:
            if not verify and self.facts.tls is not None:
                self.note(tls=replace(self.facts.tls, problem=NO_AUTHORITIES))
            return
        # The handshake failed, so we know nothing of the certificate: fetch it without verifying.
        problem, code = refused.reason, "handshake"
        if refused.kind == "certificate" and refused.tls is not None:
            problem, code = refused.tls.problem, refused.tls.problem_code
        first = self.facts
        await self._conversation(verify=False, legacy=True)
        seen = self.facts.tls
        if seen is None or not self.chain:  # the second conversation failed earlier
            reason = self.facts.reason or "a second connection, to read the certificate, failed earlier"
            self.facts = replace(first, reason=reason)
            return
        tls = replace(seen, verified=False, verification_off=False, problem=problem, problem_code=code)
        self.note(tls=tls, starttls_problem=first.starttls_problem)

    async def _conversation(self, *, verify: bool, legacy: bool) -> Trouble | None:
        """Hold a whole conversation. Returns the trouble if the TLS handshake failed."""
        try:
            line = await call(self.facts.address, self.options)
        except Trouble as unreached:
            if not legacy:
                self.note(state=_STATES.get(unreached.kind, "unreachable"), reason=unreached.reason)
                return None
            return unreached
        try:
            await self._greeting(line)
            await self._hello(line)
            trouble = await self._starttls(line, verify=verify, legacy=legacy)
            if trouble is None:
                await self._relay(line)
            return trouble
        except _Lost:
            return None
        finally:
            await line.leave()

    async def _greeting(self, line: Line) -> None:
        try:
            reply = await line.greeting()
        except TimeoutError:
            limit = f"{self.options.reply_timeout:g} s"
            why = f"it accepted the connection but sent no greeting within {limit}"
            self.note(state="silent", reason=why)
        except ConnectionEnded:
            self.note(state="silent", reason="it accepted the connection and closed it without a greeting")
        except ReplyError as error:
            shown = f": {error.raw[:100]!r}" if error.raw else ""
            self.note(state="protocol", reason=f"{error}{shown}")
        else:
            self.note(state="answered", code=reply.code, greeting=_words(reply), greeting_name=reply.name)
            if reply.positive:
                return
        raise _Lost

    async def _hello(self, line: Line) -> None:
        reply = await self._ask(line, "EHLO")
        if not reply.positive:
            self.note(reason=f"it answered EHLO with {reply.code} {_words(reply)}")
            raise _Lost
        starttls = parameters(reply.extensions, "STARTTLS") is not None
        self.note(ehlo_name=reply.name, extensions=reply.extensions, starttls=starttls)

    async def _starttls(self, line: Line, *, verify: bool, legacy: bool) -> Trouble | None:
        if not self.facts.starttls:
            return None
        reply = await self._ask(line, "STARTTLS")
        if reply.code != 220:
            self.note(starttls_problem=f"it answered STARTTLS with {reply.code} {_words(reply)}")
            return None
        if line.wire.pending:  # RFC 3207 section 4.2: this data is not from the TLS peer
            self.note(starttls_problem="it sent more data after its STARTTLS reply, before TLS began")
            raise _Lost
        rules = TlsSettings(self.facts.host, self.options.ca_file, verify=verify, legacy=legacy)
        try:
            tls = await secure(line.wire, rules, timeout=self.options.reply_timeout, now=self.now)
        except Trouble as trouble:
            if trouble.kind == "certificate":
                self.note(tls=trouble.tls)
            elif not legacy:
                self.note(starttls_problem=trouble.reason)
            await line.drop()  # no QUIT in the middle of a handshake
            return trouble
        assert line.wire.tls is not None
        self.chain = tuple(raw_chain(line.wire.tls)[:MAX_CHAIN])
        names = tls.chain[0].names if tls.chain else ()
        self.note(tls=tls, names_match=name_matches(names, self.facts.host) if tls.chain else None)
        await self._ask(line, "EHLO")
        return None

    async def _relay(self, line: Line) -> None:
        """Test whether it relays mail between foreign domains. Stops before DATA in any case."""
        reply = await self._ask(line, f"MAIL FROM:<{FOREIGN_SENDER}>")
        if not reply.positive:  # it may refuse that sender, but must accept the null one (RFC 5321 4.5.5)
            await self._ask(line, "RSET")
            reply = await self._ask(line, "MAIL FROM:<>")
        if reply.positive:
            reply = await self._ask(line, f"RCPT TO:<{FOREIGN_RECIPIENT}>")
            refused = "refused" if reply.code >= 500 else "deferred"
            self.note(relay="accepted" if reply.positive else refused)
        self.note(relay_reply=f"{reply.code} {_words(reply)}")
        await self._ask(line, "RSET")

    async def _ask(self, line: Line, command: str) -> Reply:
        try:
            return await (line.hello() if command == "EHLO" else line.ask(command))
        except TimeoutError:
            why = f"no answer to {command} within {self.options.reply_timeout:g} s"
        except ConnectionEnded:
            why = f"the host closed the connection at {command}"
        except ReplyError as error:
            why = f"the answer to {command} is not an SMTP reply: {error}"
        self.note(reason=why)
        raise _Lost


def _words(reply: Reply) -> str:
    return f"{reply.enhanced} {reply.text}".strip()[:300]


def can_verify(options: TransportOptions) -> bool:
    """Whether there are CA certificates to verify with."""
    if options.ca_file is not None:
        return True
    paths = ssl.get_default_verify_paths()
    if paths.cafile and Path(paths.cafile).is_file():
        return True
    folder = Path(paths.capath) if paths.capath else None
    return folder is not None and folder.is_dir() and any(folder.iterdir())
