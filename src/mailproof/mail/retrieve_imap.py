"""An IMAP account as the place of arrival: all folders are watched, INBOX with IDLE where offered."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

from msgspec import Struct

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve
from mailproof.mail.imap_protocol import ImapConnection, Refused, Response, decode_folder, quote
from mailproof.mail.mailbox import Arrival, MailboxError, is_junk_name, is_outgoing_name
from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.limits import MAX_FOLDERS, MAX_HEADER, MAX_NEW, MAX_PROBE
from mailproof.mail.sasl import Login
from mailproof.mail.session import connect_mailbox, demand_encryption
from mailproof.mail.wire import Wire
from mailproof.model import TlsFacts
from mailproof.structs import replace

#: In a large account the minor folders are checked in every fourth round.
MINOR_EVERY = 4
FEW_FOLDERS = 12

_LIST = re.compile(rb'^\* (?:LIST|XLIST|LSUB) \(([^)]{0,1000})\) ("(?:[^"\\]|\\.)"|NIL) ?(.*)$', re.I | re.S)
_UIDNEXT = re.compile(rb"\bUIDNEXT (\d{1,10})", re.I)
_UIDVALIDITY = re.compile(rb"\bUIDVALIDITY (\d{1,10})", re.I)
_UID = re.compile(rb"\bUID (\d{1,10})", re.I)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})", re.I)
_LABELS = re.compile(rb"\bX-GM-LABELS \(([^)]{0,4000})\)", re.I)
_LABEL = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s"]+)')


class Folder(Struct, frozen=True):
    """A folder to watch. ``raw`` is the server's spelling; ``next_uid`` the first that would be new."""

    raw: bytes
    name: str
    junk: bool
    all_mail: bool
    validity: int = 0
    next_uid: int = 1


class Candidate(Struct, frozen=True):
    """A message to fetch: ``size`` as the server gives it, ``octets`` of it are wanted."""

    uid: int
    size: int
    octets: int
    labels: tuple[str, ...]


class ImapMailbox:
    """See ``Mailbox``."""

    def __init__(
        self,
        settings: RetrieveSettings,
        login: Login | None,
        catch: Catch,
        *,
        resolve: Resolve | None = None,
    ) -> None:
        self._settings, self._login, self._resolve = settings, login, resolve
        self._catch = catch
        self._wire: Wire | None = None
        self._imap: ImapConnection | None = None
        self._watched: dict[bytes, Folder] = {}
        self._selected: bytes | None = None
        self._round = 0
        self._read: dict[bytes, set[int]] = {}  # by a look that a lost connection broke off
        self.tls: TlsFacts | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that are watched."""
        return tuple(folder.name for folder in self._watched.values())

    async def open(self) -> None:
        """Connect, log in, list the folders and note where each of them ends."""
        await self.close()
        settings, timeout = self._settings, self._settings.timeout
        self._wire, self.tls, secure = await connect_mailbox(settings, self._resolve, now=datetime.now(UTC))
        imap = self._imap = ImapConnection(self._wire, timeout)
        self._selected = None
        await imap.greet()
        try:
            if settings.effective_security == "starttls":
                await imap.start_tls_command()
                self.tls = await secure()
                await imap.refresh_capabilities()
            if self._login is not None and not imap.preauthenticated:
                demand_encryption(settings, self._wire)
                await imap.login(self._login, settings.mechanism)
            await self._list(imap)
        except Refused as error:
            raise MailboxError("protocol", f"the mailbox server refuses: {error}", self.tls) from None

    async def look(self) -> None:
        """New messages of all folders."""
        imap = self._connected()
        imap.renew()
        minor = len(self._watched) <= FEW_FOLDERS or self._round % MINOR_EVERY == 0
        self._round += 1
        for folder in tuple(self._watched.values()):
            if not (minor or folder.junk or folder.all_mail or folder.name.upper() == "INBOX"):
                continue
            try:
                current = await self._status(imap, folder)
                if current.validity == folder.validity and current.next_uid <= folder.next_uid:
                    continue
                start = folder.next_uid if current.validity == folder.validity else 1
                await self._new_in(imap, folder, start, current)
            except Refused:  # a folder that went away, or may not be read
                continue

    async def wait(self, seconds: float) -> None:
        """IDLE on the INBOX, else sleep. Other folders are seen by ``look``."""
        imap = self._connected()
        imap.renew()
        if "IDLE" not in imap.capabilities or seconds < 0.1:
            await asyncio.sleep(seconds)
            return
        try:
            await self._examine(imap, b"INBOX")
            await imap.idle(seconds)
        except Refused:
            await asyncio.sleep(seconds)

    async def remove(self, arrival: Arrival) -> None:
        """Delete this message and no other: without UIDPLUS it is only marked."""
        imap = self._connected()
        imap.renew()
        raw, _, uid = arrival.handle.rpartition(" ")
        name = next((f.raw for f in self._watched.values() if f.raw.hex() == raw), None)
        if name is None:
            raise MailboxError("protocol", "its folder is no longer known")
        try:
            self._selected = None
            await imap.command(f"SELECT {quote(name)}")
            await imap.command(f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)")
            if "UIDPLUS" not in imap.capabilities:
                raise MailboxError(
                    "protocol", "marked as deleted only: the server cannot expunge one message (no UIDPLUS)"
                )
            await imap.command(f"UID EXPUNGE {uid}")
        except Refused as error:
            raise MailboxError("protocol", f"the mailbox server refuses to remove it: {error}") from None

    async def close(self) -> None:
        """Log out, briefly."""
        imap, wire = self._imap, self._wire
        self._imap = self._wire = None
        if wire is not None:
            try:
                if imap is not None:
                    await imap.logout()
            finally:
                await wire.close()

    def _connected(self) -> ImapConnection:
        if self._imap is None:
            raise MailboxError("connect", "not connected")
        return self._imap

    async def _list(self, imap: ImapConnection) -> None:
        responses: list[Response] = []
        if {"SPECIAL-USE", "LIST-EXTENDED"} <= imap.capabilities:
            try:
                responses = await imap.command('LIST "" "*" RETURN (SPECIAL-USE)')
            except Refused:
                responses = []
        responses = responses or await imap.command('LIST "" "*"')
        folders = [f for f in map(self._folder, responses) if f is not None]
        if not any(f.name.upper() == "INBOX" for f in folders):
            folders.append(Folder(b"INBOX", "INBOX", False, False))
        folders.sort(key=lambda f: (f.name.upper() != "INBOX", not f.junk, f.all_mail))
        wanted = {name.lower() for name in self._settings.folders}
        for folder in folders[:MAX_FOLDERS]:
            if wanted and folder.name.lower() not in wanted and not folder.junk:
                continue
            if folder.raw in self._watched:  # after a reconnection: what came meanwhile is new
                continue
            try:
                self._watched[folder.raw] = await self._status(imap, folder)
            except Refused:
                continue

    def _folder(self, response: Response) -> Folder | None:
        found = _LIST.match(response.text)
        if not found:
            return None
        flags = {flag.lower() for flag in found[1].decode("ascii", "replace").split()}
        if flags & {"\\noselect", "\\nonexistent", "\\sent", "\\drafts"}:
            return None
        if any(literal.cut for literal in response.literals):  # no name of a folder is that long
            return None
        raw = bytes(response.literals[0].data) if response.literals else _unquoted(found[3].strip())
        separator = found[2].strip(b'"').decode("ascii", "replace").replace("\\\\", "\\")
        name = decode_folder(raw)
        if not raw or is_outgoing_name(name, separator):
            return None
        junk = bool(flags & {"\\junk", "\\spam"}) or is_junk_name(name, separator)
        junk = junk or (bool(self._settings.junk) and name.lower() == self._settings.junk.lower())
        return Folder(raw, name, junk, bool(flags & {"\\all", "\\allmail"}))

    async def _status(self, imap: ImapConnection, folder: Folder) -> Folder:
        """The folder as it is now."""
        if folder.raw == self._selected:
            await imap.command("NOOP")
        for response in await imap.command(f"STATUS {quote(folder.raw)} (UIDNEXT UIDVALIDITY)"):
            following, validity = _UIDNEXT.search(response.text), _UIDVALIDITY.search(response.text)
            if following:
                return replace(
                    folder, next_uid=int(following[1]), validity=int(validity[1]) if validity else 0
                )
        return folder

    async def _examine(self, imap: ImapConnection, raw: bytes) -> None:
        if self._selected != raw:
            self._selected = None
            await imap.command(f"EXAMINE {quote(raw)}")
            self._selected = raw

    async def _new_in(self, imap: ImapConnection, folder: Folder, start: int, current: Folder) -> None:
        """The headers of what is new; then the messages that are wanted, the small ones first."""
        await self._examine(imap, folder.raw)
        start = max(start, current.next_uid - MAX_NEW)
        read = self._read.setdefault(folder.raw, set())
        candidates: dict[int, Candidate] = {}

        def consider(response: Response) -> None:
            uid = _number(_UID, response.text)
            if uid < start or uid in read or not response.literals or len(candidates) == MAX_NEW:
                return
            labels = _labels(response)
            if folder.all_mail and {"\\Sent", "\\Draft"} & set(labels):
                return
            octets = self._catch.wanted(bytes(response.literals[-1].data), junk=folder.junk)
            if octets:
                candidates[uid] = Candidate(uid, _number(_SIZE, response.text), octets, labels)

        gmail = " X-GM-LABELS" if "X-GM-EXT-1" in imap.capabilities else ""
        items = f"(UID RFC822.SIZE{gmail} BODY.PEEK[HEADER])"
        await imap.command(f"UID FETCH {start}:* {items}", lambda: Kept(MAX_HEADER), consider)
        for each in sorted(candidates.values(), key=lambda one: one.size):
            await self._fetch(imap, folder, each)
            read.add(each.uid)
        self._watched[folder.raw] = current
        read.clear()

    async def _fetch(self, imap: ImapConnection, folder: Folder, wanted: Candidate) -> None:
        """Read one message as far as it is wanted, regardless of the size that the server gave."""
        settled = False

        def take(response: Response) -> None:
            nonlocal settled
            if settled or not response.literals or _number(_UID, response.text) != wanted.uid:
                return
            message = response.literals[-1]
            if isinstance(message, Incoming):
                settled = True
                message.settle(folder.name, f"{folder.raw.hex()} {wanted.uid}", wanted.labels)

        async def fetch(part: str) -> None:
            await imap.command(
                f"UID FETCH {wanted.uid} (UID BODY.PEEK[]{part})",
                lambda: Incoming(self._catch, junk=folder.junk),
                take,
            )

        if wanted.octets < MAX_PROBE:
            try:
                await fetch(f"<0.{wanted.octets}>")
            except Refused:  # by a server that cannot give a part
                settled = False
            else:
                return
        await fetch("")


def _number(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _unquoted(raw: bytes) -> bytes:
    if raw[:1] == b'"' and raw[-1:] == b'"' and len(raw) > 1:
        return re.sub(rb"\\(.)", rb"\1", raw[1:-1])
    return raw


def _labels(response: Response) -> tuple[str, ...]:
    found = _LABELS.search(response.text)
    if not found:
        return ()
    names = (re.sub(rb"\\(.)", rb"\1", m[1]) if m[1] is not None else m[2] for m in _LABEL.finditer(found[1]))
    return tuple(decode_folder(name) for name in names)
