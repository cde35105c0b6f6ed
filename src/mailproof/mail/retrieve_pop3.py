"""A POP3 account as the place of arrival (RFC 1939, 2449, 2595, 5034). It is asked anew for each look."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime

from mailproof.config.settings import RetrieveSettings
from mailproof.mail import sasl
from mailproof.mail.connect import Resolve
from mailproof.mail.mailbox import MAX_MESSAGE, Arrival, MailboxError, worth_fetching
from mailproof.mail.session import (
    MAX_LINE,
    connect_mailbox,
    demand_encryption,
    demand_silence,
    in_words,
    leave,
)
from mailproof.mail.wire import Wire
from mailproof.model import TlsFacts
from mailproof.printable import clean

MAX_LISTED = 100_000
MAX_NEW = 300


class Refused(Exception):
    """-ERR, with the server's words."""


class Pop3Mailbox:
    """See ``Mailbox``. The maildrop shows what was there at the login: each look is a session of its own."""

    folders: tuple[str, ...] = ("INBOX",)

    def __init__(
        self, settings: RetrieveSettings, login: sasl.Login | None, *, resolve: Resolve | None = None
    ) -> None:
        self._settings, self._login, self._resolve = settings, login, resolve
        self._wire: Wire | None = None
        self._seen: set[str] = set()
        self._opened = False
        self._pending: list[Arrival] = []  # found in a look that a lost connection broke off
        self.tls: TlsFacts | None = None

    async def open(self) -> None:
        """Log in once, and note what is there."""
        await self._session()
        if not self._opened:
            self._seen = {identifier for _, identifier in await self._listing()}
            self._opened = True
        await self.close()

    async def look(self, token: str) -> list[Arrival]:
        """New messages."""
        await self._session()
        fresh = [entry for entry in await self._listing() if entry[1] not in self._seen]
        for number, identifier in fresh[-MAX_NEW:]:
            try:
                head = await self._many(f"TOP {number} 0")
            except Refused:  # optional in RFC 1939
                head = b""
            if not head or worth_fetching(head, token):
                try:
                    raw = await self._many(f"RETR {number}")
                except Refused:
                    continue
                if worth_fetching(raw[: 256 * 1024], token):
                    self._pending.append(Arrival(raw, "INBOX", identifier))
            self._seen.add(identifier)
        await self.close()
        found, self._pending = self._pending, []
        return found

    async def wait(self, seconds: float) -> None:
        """Sleep: POP3 cannot tell of new mail."""
        await asyncio.sleep(seconds)

    async def remove(self, arrival: Arrival) -> None:
        """DELE, which QUIT makes real."""
        await self._session()
        try:
            for number, identifier in await self._listing():
                if identifier == arrival.handle:
                    await self._one(f"DELE {number}")
                    await self._one("QUIT")
                    return
        except Refused as error:
            raise MailboxError("protocol", f"the mailbox server refuses the removal: {error}") from None
        finally:
            await self.close()
        raise MailboxError("protocol", "the message is not there any more")

    async def close(self) -> None:
        """Quit, briefly."""
        wire, self._wire = self._wire, None
        if wire is not None:
            try:
                await leave(wire, b"QUIT")
            finally:
                await wire.close()

    async def _session(self) -> None:
        await self.close()
        settings = self._settings
        self._wire, tls, encrypt = await connect_mailbox(settings, self._resolve, now=datetime.now(UTC))
        self.tls = tls or self.tls
        try:
            await self._status()
        except Refused as error:
            raise MailboxError("protocol", f"the mailbox server refuses: {error}") from None
        capabilities = await self._capabilities()
        if settings.effective_security == "starttls":
            try:
                await self._one("STLS")
            except Refused:
                raise MailboxError("tls", "the server does not offer STLS (STARTTLS)") from None
            demand_silence(self._wire)
            self.tls = await encrypt()
            capabilities = await self._capabilities()
        if self._login is not None:
            demand_encryption(settings, self._wire)
            try:
                await self._log_in(self._login, capabilities)
            except Refused as error:
                raise MailboxError("login", f"the server refuses the login: {error}") from None

    async def _capabilities(self) -> list[str]:
        try:
            raw = await self._many("CAPA")
        except Refused:
            return []
        return [line.decode("ascii", "replace").upper() for line in raw.splitlines()]

    async def _log_in(self, login: sasl.Login, capabilities: list[str]) -> None:
        offered = [word for line in capabilities if line.startswith("SASL ") for word in line.split()[1:]]
        wanted = self._settings.mechanism
        name = sasl.choose(offered, login, wanted) if (wanted or login.token) else None
        if name is None and login.password and wanted is None:
            await self._one(f"USER {login.username}")
            await self._one(f"PASS {login.password.reveal()}")
            return
        if name is None:
            raise MailboxError("login", f"no common way to log in: the server offers {offered or 'none'}")
        mechanism = sasl.start(name, login)
        try:
            await self._exchange(mechanism)
            mechanism.verify_success()
        except sasl.SaslError as error:
            raise MailboxError("login", f"{name} was broken off: {error}") from None

    async def _exchange(self, mechanism: sasl.Mechanism) -> None:
        first = mechanism.initial()
        line = f"AUTH {mechanism.name}"
        await self._write((line if first is None else f"{line} {base64.b64encode(first).decode()}").encode())
        while (reply := await self._line()).startswith(b"+ "):
            await self._write(sasl.answer(mechanism, reply[2:]))
        self._judge(reply)

    async def _listing(self) -> list[tuple[int, str]]:
        """Numbers and unique ids. Without UIDL the number and the size must do."""
        try:
            raw = await self._many("UIDL")
        except Refused:
            try:
                raw = await self._many("LIST")
            except Refused as error:
                raise MailboxError("protocol", f"the mailbox server lists nothing: {error}") from None
        entries = (line.split(None, 1) for line in raw.splitlines()[:MAX_LISTED])
        return [
            (int(words[0]), f"{words[1].decode('latin-1')}")
            for words in entries
            if len(words) == 2 and words[0].isdigit() and len(words[0]) < 10
        ]

    async def _one(self, line: str) -> None:
        await self._write(line.encode("utf-8"))
        await self._status()

    async def _many(self, line: str) -> bytes:
        await self._write(line.encode("utf-8"))
        await self._status()
        lines: list[bytes] = []
        size = 0
        while (text := await self._line()) != b".":
            lines.append(text[1:] if text.startswith(b"..") else text)
            size += len(text) + 2
            if size > MAX_MESSAGE:
                raise MailboxError("protocol", "the mailbox server answers without end")
        return b"\r\n".join(lines) + b"\r\n"

    async def _status(self) -> None:
        self._judge(await self._line())

    @staticmethod
    def _judge(line: bytes) -> None:
        if line.startswith(b"+OK"):
            return
        text = clean(line.decode("utf-8", "replace"))[:300]
        if line.startswith(b"-ERR"):
            raise Refused(text.removeprefix("-ERR").strip() or "-ERR")
        raise MailboxError("protocol", f"this is no POP3 server: {text[:120]!r}")

    async def _write(self, line: bytes) -> None:
        with in_words("stopped reading"):
            await self._connected().write(line + b"\r\n", self._settings.timeout)

    async def _line(self) -> bytes:
        limit = self._settings.timeout
        with in_words(f"said nothing for {limit:g} s"):
            return await self._connected().read_line(MAX_LINE, limit)

    def _connected(self) -> Wire:
        if self._wire is None:
            raise MailboxError("connect", "not connected")
        return self._wire
