"""The client side of IMAP (RFC 3501, RFC 9051): commands, responses, literals; everything is bounded."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable
from functools import partial

from msgspec import Struct

from mailproof.mail import sasl
from mailproof.mail.mailbox import Busy, MailboxError
from mailproof.mail.mailboxes.conversation import Conversation
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.limits import MAX_CAPABILITIES, MAX_KEPT, MAX_LITERALS
from mailproof.mail.session import Refused, answer_challenges, reject_pending, sign_in_failed, signing_in
from mailproof.mail.wire import Wire
from mailproof.printable import clean

_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}$")


class Response(Struct, frozen=True):
    """One response: ``text`` is its line without the octets of literals, which are in ``literals``."""

    text: bytes
    literals: tuple[Kept, ...] = ()

    @property
    def words(self) -> str:
        return _words(self.text)

    @property
    def size(self) -> int:
        """Its size in octets."""
        return len(self.text) + sum(len(literal.data) for literal in self.literals)


class ImapConnection:
    """A connection. Raises Refused for a refusal and MailboxError for anything that ends the connection."""

    def __init__(self, wire: Wire, timeout: float) -> None:
        self._talk = Conversation(wire, timeout)
        self._number = 0
        self.capabilities: frozenset[str] = frozenset()
        self.preauthenticated = False
        self.news = False  # a message arrived in the selected folder since this was last set to False

    def renew(self) -> None:
        self._talk.renew()

    async def greet(self) -> None:
        response = await self._response()
        kind = response.text[:10].upper()
        if kind.startswith(b"* PREAUTH"):
            self.preauthenticated = True
        elif kind.startswith(b"* BYE"):
            raise Busy("protocol", f"the mailbox server refuses the connection: {response.words}")
        elif not kind.startswith(b"* OK"):
            raise MailboxError("protocol", f"not an IMAP server: {response.words[:120]!r}")
        self._take_capabilities(response.text)
        if not self.capabilities:
            await self.refresh_capabilities()

    async def refresh_capabilities(self) -> None:
        """Query the capabilities again, as they change with TLS and with the login."""
        self.capabilities = frozenset()
        for response in await self.command("CAPABILITY"):
            self._take_capabilities(response.text)

    async def start_tls_command(self) -> None:
        """Send STARTTLS; the caller then starts TLS on the wire."""
        if "STARTTLS" not in self.capabilities:
            raise MailboxError("tls", "the server does not offer STARTTLS")
        await self.command("STARTTLS")
        reject_pending(self._talk.wire)

    async def login(self, login: sasl.Login, mechanism: str | None) -> None:
        """Sign in with the mechanism; if None, with the best that the server offers."""
        offered = tuple(c.removeprefix("AUTH=") for c in self.capabilities if c.startswith("AUTH="))
        name = sasl.choose(offered, login, mechanism)
        try:
            if name is not None:
                await self._authenticate(sasl.Mechanism(name, login))
            elif login.password and mechanism is None and "LOGINDISABLED" not in self.capabilities:
                await self._login_command(login)
            else:
                raise MailboxError(
                    "login", f"no sign-in method in common: the server offers {', '.join(offered) or 'none'}"
                )
        except Refused as error:
            raise sign_in_failed(error) from None
        await self.refresh_capabilities()

    async def _authenticate(self, mechanism: sasl.Mechanism) -> None:
        with signing_in(mechanism):
            first = mechanism.initial()
            line = f"AUTHENTICATE {mechanism.name}"
            packed = None if first is None else base64.b64encode(first)
            if packed is not None and "SASL-IR" in self.capabilities:
                line, packed = f"{line} {packed.decode() or '='}", None
            tag = await self._send(line)
            await answer_challenges(mechanism, partial(self._invitation, tag), self._talk.say_line, packed)

    async def _invitation(self, tag: bytes) -> bytes | None:
        """The text after the next ``+``. None if the command ended instead."""
        while True:
            response = await self._response()
            if response.text.startswith(b"+"):
                return response.text[1:].strip()
            if self._ends(tag, response):
                return None

    async def _login_command(self, login: sasl.Login) -> None:
        assert login.password is not None
        parts = [login.username.encode(), login.password.reveal().encode()]
        tag = await self._send("LOGIN", end=b"")
        for index, part in enumerate(parts):
            await self._talk.say(b" {%d}\r\n" % len(part))
            if await self._invitation(tag) is None:
                raise MailboxError("protocol", "the server ends LOGIN before it has read the user name")
            await self._talk.say(part + (b"\r\n" if index else b""))
        await self._until(tag)

    async def command(
        self,
        line: str,
        keep: Callable[[], Kept] = Kept,
        each: Callable[[Response], None] | None = None,
    ) -> list[Response]:
        """Send a command and collect the untagged responses, or pass each to ``each`` as it arrives.

        ``keep`` creates the buffer for a literal.
        """
        return await self._until(await self._send(line), keep, each)

    async def several(self, lines: Iterable[str]) -> list[list[Response] | None]:
        """Send commands pipelined (RFC 3501 section 5.5); None for each that is refused."""
        answers: list[list[Response] | None] = []
        for tag in [await self._send(line) for line in lines]:
            try:
                answers.append(await self._until(tag))
            except Refused:
                answers.append(None)
        return answers

    async def idle(self, seconds: float) -> None:
        """IDLE (RFC 2177) until a message arrives in the selected folder."""
        tag = await self._send("IDLE")
        if await self._invitation(tag) is None:
            return
        end = time.monotonic() + seconds
        came = False
        while not came and (left := end - time.monotonic()) > 0:
            try:
                response = await self._response(left)
            except TimeoutError:
                break
            came = response.text.upper().endswith((b" EXISTS", b" RECENT"))
        await self._talk.say(b"DONE\r\n")
        await self._until(tag)

    async def logout(self) -> None:
        """See ``Conversation.leave``."""
        await self._talk.leave(b"ZZ LOGOUT")

    # -- the wire

    async def _send(self, line: str, end: bytes = b"\r\n") -> bytes:
        self._number += 1
        tag = b"A%d" % self._number
        # A folder's name may contain octets that are not UTF-8: see ``quote``.
        await self._talk.say(tag + b" " + line.encode("utf-8", "surrogateescape") + end)
        return tag

    async def _until(
        self,
        tag: bytes,
        keep: Callable[[], Kept] = Kept,
        each: Callable[[Response], None] | None = None,
    ) -> list[Response]:
        responses: list[Response] = []
        total = 0
        while True:
            response = await self._response(keep=keep)
            if self._ends(tag, response):
                return responses
            if each is not None:
                each(response)
                continue
            total += response.size
            if total > MAX_KEPT:
                raise MailboxError(
                    "protocol", f"the mailbox server answers one command with over {MAX_KEPT:,} octets"
                )
            responses.append(response)

    def _ends(self, tag: bytes, response: Response) -> bool:
        """Whether this is the tagged completion. Raises Refused for NO and BAD."""
        text = response.text
        if text.startswith(tag + b" "):
            rest = text[len(tag) + 1 :]
            if rest[:2].upper() == b"OK":
                return True
            raise Refused(_words(rest))
        if text[:5].upper() == b"* BYE":
            raise MailboxError("protocol", f"the mailbox server ended the session: {response.words}")
        return False

    async def _response(self, seconds: float | None = None, keep: Callable[[], Kept] = Kept) -> Response:
        """Read one response with its literals. TimeoutError is raised if it does not start in ``seconds``."""
        line = await (self._talk.line() if seconds is None else self._talk.line_within(seconds))
        self.news = self.news or line[:30].upper().endswith((b" EXISTS", b" RECENT"))
        if not line.endswith(b"}"):
            return Response(line)
        texts = [line]
        literals: list[Kept] = []
        while (literal := _LITERAL.search(line, max(len(line) - 16, 0))) is not None:
            if len(literals) == MAX_LITERALS:
                raise MailboxError(
                    "protocol", f"the mailbox server sends more than {MAX_LITERALS} literals in one response"
                )
            kept = keep()
            await self._talk.pour(int(literal[1]), kept.feed)
            literals.append(kept)
            line = await self._talk.line()
            texts.append(line)
        return Response(b"".join(texts), tuple(literals))

    def _take_capabilities(self, text: bytes) -> None:
        found = re.search(rb"\bCAPABILITY ([^\]\r\n]{1,20000})", text)
        if found and len(self.capabilities) < MAX_CAPABILITIES:
            names = found[1].decode("ascii", "replace").upper().split()
            self.capabilities |= frozenset(names[:MAX_CAPABILITIES])


def _words(text: bytes) -> str:
    return clean(text[:1000].decode("utf-8", "replace"))[:300]


def quote(name: bytes) -> str:
    """Quote a folder's name, as the server gave it, for a command. It cannot contain line breaks."""
    text = name.decode("utf-8", "surrogateescape").replace("\r", "").replace("\n", "")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
