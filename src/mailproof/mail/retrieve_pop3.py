"""A POP3 account as a mailbox (RFC 1939, 2449, 2595, 5034)."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime

from mailproof.config.settings import RetrieveSettings
from mailproof.mail import sasl
from mailproof.mail.connect import Resolve
from mailproof.mail.mailbox import Arrival, Busy, MailboxError
from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.mail.mailboxes.conversation import Conversation
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.limits import (
    MAX_BOUNCE_LINES,
    MAX_HEADER,
    MAX_KEPT,
    MAX_LISTED,
    MAX_PROBE,
    NEW_AT_ONCE,
)
from mailproof.mail.session import (
    Refused,
    answer_challenges,
    connect_mailbox,
    reject_pending,
    require_encryption,
    sign_in_failed,
    signing_in,
)
from mailproof.model import TlsFacts
from mailproof.printable import clean


class Pop3Mailbox:
    """See ``Mailbox``. POP3 shows the maildrop as it was at login, so each look is a new session."""

    folders: tuple[str, ...] = ("INBOX",)

    def __init__(
        self,
        settings: RetrieveSettings,
        login: sasl.Login | None,
        catch: Catch,
        *,
        resolve: Resolve | None = None,
    ) -> None:
        self._settings, self._login, self._resolve = settings, login, resolve
        self._catch = catch
        self._talk: Conversation | None = None
        self._seen: set[str] = set()
        self._opened = False
        self.tls: TlsFacts | None = None

    async def open(self) -> None:
        """Log in once, and note the messages already present."""
        await self._session()
        if not self._opened:
            self._seen = {identifier for _, identifier in await self._listing()}
            self._opened = True
        await self.close()

    async def look(self, *, everywhere: bool = True) -> None:
        """Read new messages: their headers; then the messages that are wanted, smallest first."""
        try:
            await self._session()
        except Busy:
            if everywhere:  # the last look
                raise
            return
        fresh = [entry for entry in await self._listing() if entry[1] not in self._seen]
        sizes = dict(await self._sizes()) if len(fresh) > 1 else {}
        candidates: list[tuple[int, str, int]] = []
        for number, identifier in fresh[-NEW_AT_ONCE:]:
            header = await self._header(number)
            octets = MAX_PROBE if header is None else self._catch.wanted(header)
            if octets:
                candidates.append((number, identifier, octets))
            else:
                self._seen.add(identifier)
        unread = ""
        for number, identifier, octets in sorted(candidates, key=lambda each: sizes.get(each[0], 0)):
            try:
                await self._fetch(number, identifier, octets)
                self._seen.add(identifier)
            except Refused as error:
                unread = f"the mailbox server refuses to return a new message: {error}"
        await self.close()
        if everywhere and unread and self._catch.probe is None:
            raise MailboxError("protocol", unread)

    async def _header(self, number: int) -> bytes | None:
        """The header of a message. None if the server does not support TOP (RFC 1939: optional)."""
        header = Kept(MAX_HEADER)
        try:
            await self._many(f"TOP {number} 0", header)
        except Refused:
            return None
        return bytes(header.data)

    async def _fetch(self, number: int, identifier: str, octets: int) -> None:
        """Read as much of a message as is wanted, whatever size the server claims. Raises Refused."""
        message = Incoming(self._catch)
        whole = f"RETR {number}"
        try:
            await self._many(f"TOP {number} {MAX_BOUNCE_LINES}" if octets < MAX_PROBE else whole, message)
        except Refused:
            if octets == MAX_PROBE:
                raise
            await self._many(whole, message)
        message.settle("INBOX", identifier)

    async def wait(self, seconds: float) -> None:
        """Sleep: POP3 cannot announce new mail."""
        await asyncio.sleep(seconds)

    async def remove(self, arrival: Arrival) -> None:
        """Send DELE, which takes effect at QUIT."""
        await self._session()
        try:
            for number, identifier in await self._listing():
                if identifier == arrival.handle and await self._is(number, identifier, arrival):
                    await self._one(f"DELE {number}")
                    await self._one("QUIT")
                    return
        except Refused as error:
            raise MailboxError("protocol", f"the mailbox server refuses to remove it: {error}") from None
        finally:
            await self.close()
        raise MailboxError("protocol", "the message is no longer there")

    async def _is(self, number: int, identifier: str, arrival: Arrival) -> bool:
        """Whether this is the message that was read. Without UIDL, another may have its number by now."""
        header = await self._header(number) if " " in identifier else None
        return header is None or arrival.raw.startswith(header.rstrip())

    async def close(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            await talk.leave(b"QUIT")

    async def _session(self) -> None:
        await self.close()
        settings = self._settings
        wire, tls, encrypt = await connect_mailbox(settings, self._resolve, now=datetime.now(UTC))
        self._talk = Conversation(wire, settings.timeout)
        self.tls = tls or self.tls
        try:
            await self._status()
        except Refused as error:
            raise Busy("protocol", f"the mailbox server refuses the connection: {error}") from None
        capabilities = await self._capabilities()
        if settings.effective_security == "starttls":
            try:
                await self._one("STLS")
            except Refused:
                raise MailboxError("tls", "the server does not offer STLS (STARTTLS)") from None
            reject_pending(wire)
            self.tls = await encrypt()
            capabilities = await self._capabilities()
        if self._login is not None:
            require_encryption(settings, wire)
            try:
                await self._log_in(self._login, capabilities)
            except Refused as error:
                raise sign_in_failed(error) from None

    async def _capabilities(self) -> list[str]:
        try:
            raw = await self._text("CAPA")
        except Refused:
            return []
        return [line.decode("ascii", "replace").upper() for line in raw[:MAX_HEADER].splitlines()]

    async def _log_in(self, login: sasl.Login, capabilities: list[str]) -> None:
        offered = [word for line in capabilities if line.startswith("SASL ") for word in line.split()[1:]]
        wanted = self._settings.mechanism
        name = sasl.choose(offered, login, wanted) if (wanted or login.token) else None
        if name is None and login.password and wanted is None:
            await self._one(f"USER {login.username}")
            await self._one(f"PASS {login.password.reveal()}")
            return
        if name is None:
            raise MailboxError("login", f"no sign-in method in common: the server offers {offered or 'none'}")
        mechanism = sasl.Mechanism(name, login)
        with signing_in(mechanism):
            first = mechanism.initial()
            said = "" if first is None else f" {base64.b64encode(first).decode()}"
            await self._write(f"AUTH {name}{said}".encode())
            await answer_challenges(mechanism, self._challenge, self._write)

    async def _challenge(self) -> bytes | None:
        """The text after the next ``+``. None if the command ended instead."""
        reply = await self._line()
        if reply.startswith(b"+ "):
            return reply[2:]
        self._require(reply)
        return None

    async def _listing(self) -> list[tuple[int, str]]:
        """Numbers and unique ids; without UIDL, the numbers with the sizes serve as ids."""
        try:
            return await self._numbered("UIDL")
        except Refused:
            try:
                listed = await self._numbered("LIST")
            except Refused as error:
                raise MailboxError("protocol", f"the mailbox server lists nothing: {error}") from None
            return [(number, f"{number} {size}") for number, size in listed]

    async def _sizes(self) -> list[tuple[int, int]]:
        """Numbers and sizes according to the server."""
        try:
            listed = await self._numbered("LIST")
        except Refused:
            return []
        return [(number, int(size[:12])) for number, size in listed if size.isdecimal()]

    async def _numbered(self, command: str) -> list[tuple[int, str]]:
        raw = await self._text(command)
        if raw.count(b"\n") > MAX_LISTED:
            raise MailboxError("protocol", f"the mailbox server lists more than {MAX_LISTED:,} messages")
        entries = (line.split(None, 1) for line in raw.splitlines())
        return [
            (int(words[0]), words[1].decode("latin-1"))
            for words in entries
            if len(words) == 2 and words[0].isdigit() and len(words[0]) < 10
        ]

    async def _one(self, line: str) -> None:
        await self._write(line.encode("utf-8"))
        await self._status()

    async def _many(self, line: str, kept: Kept) -> None:
        """Send a command with a multi-line reply. Raises Refused."""
        await self._write(line.encode("utf-8"))
        await self._status()
        await self._connected().pour_lines(kept.feed)

    async def _text(self, line: str) -> bytes:
        kept = Kept(MAX_KEPT)
        await self._many(line, kept)
        if kept.cut:
            raise MailboxError("protocol", f"the mailbox server answers {line} with over {MAX_KEPT:,} octets")
        return bytes(kept.data)

    async def _status(self) -> None:
        self._require(await self._line())

    @staticmethod
    def _require(line: bytes) -> None:
        if line.startswith(b"+OK"):
            return
        text = clean(line[:1000].decode("utf-8", "replace"))[:300]
        if line.startswith(b"-ERR"):
            raise Refused(text.removeprefix("-ERR").strip() or "-ERR")
        raise MailboxError("protocol", f"not a POP3 server: {text[:120]!r}")

    async def _write(self, line: bytes) -> None:
        await self._connected().say_line(line)

    async def _line(self) -> bytes:
        return await self._connected().line()

    def _connected(self) -> Conversation:
        if self._talk is None:
            raise MailboxError("connect", "not connected")
        return self._talk
