"""IMAP (RFC 3501, RFC 9051) from the client's side: commands, responses, literals; all of it bounded."""

from __future__ import annotations

import base64
import binascii
import re
import time

from msgspec import Struct

from mailproof.mail import sasl
from mailproof.mail.mailbox import MailboxError
from mailproof.mail.session import MAX_LINE, demand_silence, in_words, leave
from mailproof.mail.wire import TooMuch, Wire
from mailproof.printable import clean

MAX_RESPONSES = 20_000
MAX_TOTAL = 64 * 1024 * 1024

_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}$")


class Response(Struct, frozen=True):
    """One response. ``text`` is its line with the literals' octets left out; ``literals`` these."""

    text: bytes
    literals: tuple[bytes, ...] = ()

    @property
    def words(self) -> str:
        """For people."""
        return clean(self.text.decode("utf-8", "replace"))[:300]


class Refused(Exception):
    """A command ended in NO or BAD, with the server's words."""


class ImapConnection:
    """One connection. Raises Refused for a refusal and MailboxError for anything that ends it."""

    def __init__(self, wire: Wire, timeout: float) -> None:
        self._wire = wire
        self._timeout = timeout
        self._number = 0
        self.capabilities: frozenset[str] = frozenset()
        self.greeting = ""
        self.preauthenticated = False

    async def greet(self) -> None:
        """Read the greeting."""
        response = await self._response(self._timeout)
        self.greeting = response.words
        kind = response.text[:10].upper()
        if kind.startswith(b"* PREAUTH"):
            self.preauthenticated = True
        elif not kind.startswith(b"* OK"):
            raise MailboxError("protocol", f"this is no IMAP server, or it refuses: {self.greeting[:120]!r}")
        self._take_capabilities(response.text)
        if not self.capabilities:
            await self.refresh_capabilities()

    async def refresh_capabilities(self) -> None:
        """Ask for them anew, as they change with TLS and with the login."""
        self.capabilities = frozenset()
        for response in await self.command("CAPABILITY"):
            self._take_capabilities(response.text)

    async def start_tls_command(self) -> None:
        """STARTTLS; the caller then turns the wire to TLS."""
        if "STARTTLS" not in self.capabilities:
            raise MailboxError("tls", "the server does not offer STARTTLS")
        await self.command("STARTTLS")
        demand_silence(self._wire)

    async def login(self, login: sasl.Login, mechanism: str | None) -> str:
        """Log in; gives the mechanism used."""
        offered = tuple(c.removeprefix("AUTH=") for c in self.capabilities if c.startswith("AUTH="))
        name = sasl.choose(offered, login, mechanism)
        try:
            if name is not None:
                await self._authenticate(sasl.start(name, login))
            elif login.password and mechanism is None and "LOGINDISABLED" not in self.capabilities:
                name = "LOGIN command"
                await self._login_command(login)
            else:
                raise MailboxError(
                    "login", f"no common way to log in: the server offers {', '.join(offered) or 'none'}"
                )
        except Refused as error:
            raise MailboxError("login", f"the server refuses the login: {error}") from None
        await self.refresh_capabilities()
        return name

    async def _authenticate(self, mechanism: sasl.Mechanism) -> None:
        try:
            await self._exchange(mechanism)
            mechanism.verify_success()
        except sasl.SaslError as error:
            raise MailboxError("login", f"{mechanism.name} was broken off: {error}") from None

    async def _exchange(self, mechanism: sasl.Mechanism) -> None:
        first = mechanism.initial()
        line = f"AUTHENTICATE {mechanism.name}"
        if first is not None and "SASL-IR" in self.capabilities:
            line += " " + (base64.b64encode(first).decode() or "=")
            first = None
        tag = await self._send(line)
        for _ in range(MAX_RESPONSES):
            response = await self._response(self._timeout)
            if response.text.startswith(b"+"):
                if first is not None:
                    answer, first = base64.b64encode(first), None
                else:
                    answer = sasl.answer(mechanism, response.text[1:].strip())
                await self._write(answer + b"\r\n")
            elif self._ends(tag, response):
                return

    async def _login_command(self, login: sasl.Login) -> None:
        assert login.password is not None
        parts = [login.username.encode(), login.password.reveal().encode()]
        tag = await self._send("LOGIN", end=b"")
        for index, part in enumerate(parts):
            await self._write(b" {%d}\r\n" % len(part))
            response = await self._response(self._timeout)
            while not response.text.startswith(b"+"):
                self._ends(tag, response)
                response = await self._response(self._timeout)
            await self._write(part + (b"\r\n" if index else b""))
        await self._until(tag)

    async def command(self, line: str) -> list[Response]:
        """Send and gather the untagged responses up to the end."""
        return await self._until(await self._send(line))

    async def idle(self, seconds: float) -> bool:
        """IDLE (RFC 2177) until something comes into the selected folder. Whether it did."""
        tag = await self._send("IDLE")
        response = await self._response(self._timeout)
        while not response.text.startswith(b"+"):
            if self._ends(tag, response):
                return False
            response = await self._response(self._timeout)
        end = time.monotonic() + seconds
        came = False
        while not came and (left := end - time.monotonic()) > 0:
            try:
                response = await self._response(left, quiet=True)
            except TimeoutError:
                break
            came = response.text.upper().endswith((b" EXISTS", b" RECENT"))
        await self._write(b"DONE\r\n")
        await self._until(tag)
        return came

    async def logout(self) -> None:
        """A polite end, at most a second long; raises nothing."""
        await leave(self._wire, b"ZZ LOGOUT")

    # -- the wire

    async def _send(self, line: str, end: bytes = b"\r\n") -> bytes:
        self._number += 1
        tag = b"A%d" % self._number
        # A folder's name may be octets that are no UTF-8: see ``quote``.
        await self._write(tag + b" " + line.encode("utf-8", "surrogateescape") + end)
        return tag

    async def _write(self, data: bytes) -> None:
        with in_words("stopped reading"):
            await self._wire.write(data, self._timeout)

    async def _until(self, tag: bytes) -> list[Response]:
        responses: list[Response] = []
        total = 0
        while len(responses) < MAX_RESPONSES and total < MAX_TOTAL:
            response = await self._response(self._timeout)
            total += len(response.text) + sum(map(len, response.literals))
            if self._ends(tag, response):
                return responses
            responses.append(response)
        raise MailboxError("protocol", "the mailbox server answers without end")

    def _ends(self, tag: bytes, response: Response) -> bool:
        """Whether this is the tagged end. Raises Refused for NO and BAD."""
        text = response.text
        if text.startswith(tag + b" "):
            rest = text[len(tag) + 1 :]
            if rest[:2].upper() == b"OK":
                return True
            raise Refused(clean(rest.decode("utf-8", "replace"))[:300])
        if text[:5].upper() == b"* BYE":
            raise MailboxError("protocol", f"the mailbox server says good-bye: {response.words}")
        return False

    async def _response(self, timeout: float, *, quiet: bool = False) -> Response:
        """One response with its literals. TimeoutError passes where ``quiet``."""
        with in_words("" if quiet else f"said nothing for {timeout:g} s"):
            line = await self._wire.read_line(MAX_LINE, timeout)
            text, literals, size = line, [], len(line)
            while (literal := _LITERAL.search(line)) is not None:
                size += int(literal[1])
                if size > MAX_TOTAL:
                    raise TooMuch(f"a literal of {int(literal[1])} octets")
                literals.append(await self._wire.read_exactly(int(literal[1]), self._timeout * 2))
                line = await self._wire.read_line(MAX_LINE, self._timeout)
                text += line
                size += len(line)
            return Response(text, tuple(literals))

    def _take_capabilities(self, text: bytes) -> None:
        found = re.search(rb"\bCAPABILITY ([^\]\r\n]{1,20000})", text)
        if found:
            self.capabilities |= frozenset(found[1].decode("ascii", "replace").upper().split())


def quote(name: bytes) -> str:
    """A folder's name (as the server gave it) for a command. Line breaks cannot stand in one."""
    text = name.decode("utf-8", "surrogateescape").replace("\r", "").replace("\n", "")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def decode_folder(name: bytes) -> str:
    """Modified UTF-7 (RFC 3501 section 5.1.3) as text; the name itself where it is not that."""

    def shifted(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        raw = found[1].replace(",", "/")
        return base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-16-be")

    text = name.decode("utf-8", "replace")
    try:
        return re.sub(r"&([A-Za-z0-9+,]{0,1000})-", shifted, text)
    except (binascii.Error, UnicodeDecodeError):
        return text
