"""An IMAP mailbox: INBOX and junk are watched together, the other folders from time to time."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct

from mailproof.config.settings import RetrieveSettings
from mailproof.data.mailboxes import provider_by, provider_named
from mailproof.mail.connect import Resolve
from mailproof.mail.imap_protocol import ImapConnection, Response, quote
from mailproof.mail.mailbox import Arrival, MailboxError, decode_folder, is_junk_name, is_outgoing_name
from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.limits import MAX_FOLDERS, MAX_HEADER, MAX_NEW, MAX_PROBE, NEW_AT_ONCE
from mailproof.mail.sasl import Login
from mailproof.mail.session import Refused, connect_mailbox, require_encryption
from mailproof.model import ArrivalClock, TlsFacts
from mailproof.structs import replace

#: While INBOX is in IDLE, the other folders in which mail arrives are checked this often, in seconds.
NEAR_EVERY_S = 1.0
#: How many commands are pipelined.
AT_ONCE = 50

_LIST = re.compile(rb'^\* (?:LIST|XLIST|LSUB) \(([^)]{0,1000})\) ("(?:[^"\\]|\\.)"|NIL) ?(.*)$', re.I | re.S)
_UIDNEXT = re.compile(rb"\bUIDNEXT (\d{1,10})", re.I)
_UIDVALIDITY = re.compile(rb"\bUIDVALIDITY (\d{1,10})", re.I)
_UID = re.compile(rb"\bUID (\d{1,10})", re.I)
_INTERNALDATE = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"', re.I)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})", re.I)
_LABELS = re.compile(rb"\bX-GM-LABELS \(([^)]{0,4000})\)", re.I)
_LABEL = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s"]+)')


class Folder(Struct, frozen=True):
    """A watched folder. ``raw`` is the server's spelling; ``next_uid`` the first UID that would be new."""

    raw: bytes
    name: str
    junk: bool
    all_mail: bool
    sorted_into: bool = False  # the provider sorts new mail into it
    validity: int = 0
    next_uid: int = 1

    @property
    def near(self) -> bool:
        """Whether new mail may arrive here without rules of the user's."""
        return self.inbox or self.junk or self.all_mail or self.sorted_into

    @property
    def inbox(self) -> bool:
        """Whether it is INBOX, a name that is case-insensitive."""
        return self.name.upper() == "INBOX"


class Candidate(Struct, frozen=True):
    """A message to fetch: its ``size`` according to the server, and how many ``octets`` are wanted."""

    uid: int
    size: int
    octets: int
    labels: tuple[str, ...]
    at: datetime | None = None
    tab: str = ""


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
        self._provider = provider_by(settings.preset, settings.host)
        self._imap: ImapConnection | None = None
        self._watched: dict[bytes, Folder] = {}
        self._selected: bytes | None = None
        self._others_checked_at = 0.0  # when the other folders were last checked
        self._read: dict[bytes, set[int]] = {}  # by a look interrupted by a lost connection
        self._unread = ""  # why a folder where mail arrives could not be read in the last look
        self.tls: TlsFacts | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(folder.name for folder in self._watched.values())

    async def open(self) -> None:
        """Connect, log in, list the folders and note the current end of each."""
        await self.close()
        settings, timeout = self._settings, self._settings.timeout
        wire, self.tls, secure = await connect_mailbox(settings, self._resolve, now=datetime.now(UTC))
        imap = self._imap = ImapConnection(wire, timeout)
        self._selected = None
        await imap.greet()
        try:
            if settings.effective_security == "starttls":
                await imap.start_tls_command()
                self.tls = await secure()
                await imap.refresh_capabilities()
            if self._login is not None and not imap.preauthenticated:
                require_encryption(settings, wire)
                await imap.login(self._login, settings.mechanism)
            await self._list(imap)
        except Refused as error:
            raise MailboxError("protocol", f"the mailbox server refuses: {error}", self.tls) from None

    async def look(self, *, everywhere: bool = True) -> None:
        """Read new messages in folders where mail arrives; then in the others, if they are due."""
        imap = self._connected()
        imap.renew()
        watched = tuple(self._watched.values())
        self._unread = ""
        await self._look_in(imap, [folder for folder in watched if folder.near])
        due = self._others_checked_at + self._settings.poll_interval <= time.monotonic()
        if self._catch.probe is None and (due or everywhere):
            await self._look_in(imap, [folder for folder in watched if not folder.near])
            self._others_checked_at = time.monotonic()
        if everywhere and self._catch.probe is None and self._unread:
            raise MailboxError("protocol", self._unread)

    async def _look_in(self, imap: ImapConnection, folders: Sequence[Folder]) -> None:
        for folder, current in zip(folders, await self._status(imap, folders), strict=True):
            if current is None:
                self._note_unread(folder, "the server refuses STATUS")
                continue
            if (current.validity, current.next_uid) == (folder.validity, folder.next_uid):
                continue
            if current.validity == folder.validity and current.next_uid < folder.next_uid:
                continue
            start = folder.next_uid if current.validity == folder.validity else 1
            try:
                await self._examine(imap, folder.raw)
                for first in range(max(start, current.next_uid - MAX_NEW), current.next_uid, NEW_AT_ONCE):
                    await self._read_new(imap, folder, first)
                self._watched[folder.raw] = current
                self._read.pop(folder.raw, None)
            except Refused as error:  # a folder that was deleted, or may not be read
                self._note_unread(folder, str(error))

    def _note_unread(self, folder: Folder, why: str) -> None:
        if folder.near:
            self._unread = f"the folder {folder.name} could not be read: {why}"

    async def wait(self, seconds: float) -> None:
        """IDLE on INBOX, or sleep; only briefly if mail may arrive in other folders too."""
        imap = self._connected()
        imap.renew()
        inbox = next((folder for folder in self._watched.values() if folder.inbox), None)
        if any(folder.near and folder is not inbox for folder in self._watched.values()):
            seconds = min(seconds, NEAR_EVERY_S)
        if "IDLE" not in imap.capabilities or seconds < 0.1 or inbox is None:
            await asyncio.sleep(seconds)
            return
        try:
            if self._selected != inbox.raw:
                await self._examine(imap, inbox.raw)
                imap.news = False  # the current count, not news
                [current] = await self._status(imap, [inbox])
                if current is not None and current.next_uid != inbox.next_uid:
                    return  # it arrived before the folder was selected, so IDLE would not report it
            if not imap.news:
                await imap.idle(seconds)
        except Refused:
            await asyncio.sleep(seconds)

    async def remove(self, arrival: Arrival) -> None:
        """Delete this message and no other: without UIDPLUS it is only marked as deleted."""
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
        imap, self._imap = self._imap, None
        if imap is not None:
            await imap.logout()

    def _connected(self) -> ImapConnection:
        if self._imap is None:
            raise MailboxError("connect", "not connected")
        return self._imap

    async def _list(self, imap: ImapConnection) -> None:
        responses: list[Response] = []
        if {"SPECIAL-USE", "LIST-EXTENDED"} <= imap.capabilities:
            with suppress(Refused):
                responses = await imap.command('LIST "" "*" RETURN (SPECIAL-USE)')
        responses = responses or await imap.command('LIST "" "*"')
        folders = [f for f in map(self._folder, responses) if f is not None]
        if not any(folder.inbox for folder in folders):
            folders.append(Folder(b"INBOX", "INBOX", False, False))
        folders.sort(key=lambda folder: (not folder.inbox, not folder.junk, folder.all_mail))
        wanted = {name.lower() for name in self._settings.folders}
        fresh = [
            folder
            for folder in folders[:MAX_FOLDERS]
            if (not wanted or folder.name.lower() in wanted or folder.junk)
            and folder.raw not in self._watched  # after a reconnection, what arrived meanwhile is new
        ]
        for folder, current in zip(fresh, await self._status(imap, fresh), strict=True):
            if current is not None or folder.near:
                self._watched[folder.raw] = current or folder
        self._others_checked_at = time.monotonic()

    def _folder(self, response: Response) -> Folder | None:
        found = _LIST.match(response.text)
        if not found:
            return None
        flags = {flag.lower() for flag in found[1].decode("ascii", "replace").split()}
        if flags & {"\\noselect", "\\nonexistent", "\\sent", "\\drafts"}:
            return None
        if any(literal.cut for literal in response.literals):  # no folder name is that long
            return None
        raw = bytes(response.literals[0].data) if response.literals else _unquoted(found[3].strip())
        separator = found[2].strip(b'"').decode("ascii", "replace").replace("\\\\", "\\")
        name = decode_folder(raw)
        if not raw or is_outgoing_name(name, separator):
            return None
        junk = bool(flags & {"\\junk", "\\spam"}) or is_junk_name(name, separator)
        junk = junk or (bool(self._settings.junk) and name.lower() == self._settings.junk.lower())
        provider, last = self._provider, name.rpartition(separator or "/")[2].lower()
        junk = junk or (provider is not None and last in map(str.lower, provider.junk))
        near = provider is not None and last in map(str.lower, provider.near)
        return Folder(raw, name, junk, bool(flags & {"\\all", "\\allmail"}), near)

    async def _status(self, imap: ImapConnection, folders: Sequence[Folder]) -> list[Folder | None]:
        """The current state of the folders; None for one that may not be queried."""
        if any(folder.raw == self._selected for folder in folders):
            imap.news = False
            await imap.command("NOOP")
        found: list[Folder | None] = []
        for first in range(0, len(folders), AT_ONCE):
            some = folders[first : first + AT_ONCE]
            answers = await imap.several(f"STATUS {quote(each.raw)} (UIDNEXT UIDVALIDITY)" for each in some)
            found += [
                None if answer is None else _with_status(folder, answer)
                for folder, answer in zip(some, answers, strict=True)
            ]
        return found

    async def _examine(self, imap: ImapConnection, raw: bytes) -> None:
        if self._selected != raw:
            self._selected = None
            await imap.command(f"EXAMINE {quote(raw)}")
            self._selected = raw

    async def _read_new(self, imap: ImapConnection, folder: Folder, start: int) -> None:
        """Fetch the headers of new messages; then the messages that are wanted, smallest first."""
        read = self._read.setdefault(folder.raw, set())
        candidates: dict[int, Candidate] = {}

        def consider(response: Response) -> None:
            uid = _number(_UID, response.text)
            if uid < start or uid in read or not response.literals or len(candidates) == NEW_AT_ONCE:
                return
            labels = _labels(response)
            if folder.all_mail and {"\\Sent", "\\Draft"} & set(labels):
                return
            octets = self._catch.wanted(bytes(response.literals[-1].data), junk=folder.junk)
            if octets:
                size, at = _number(_SIZE, response.text), _internal_date(response.text)
                candidates[uid] = Candidate(uid, size, octets, labels, at)

        gmail = " X-GM-LABELS" if "X-GM-EXT-1" in imap.capabilities else ""
        items = f"(UID RFC822.SIZE INTERNALDATE{gmail} BODY.PEEK[HEADER])"
        uids = f"{start}:{start + NEW_AT_ONCE - 1}"
        await imap.command(f"UID FETCH {uids} {items}", lambda: Kept(MAX_HEADER), consider)
        for each in sorted(candidates.values(), key=lambda one: one.size):
            if gmail and each.octets == MAX_PROBE and not folder.junk:
                each = replace(each, tab=await _tab(imap, each.uid))
            if not await self._fetch(imap, folder, each):
                raise Refused("the server returns a message's header, but not the message")
            read.add(each.uid)

    async def _fetch(self, imap: ImapConnection, folder: Folder, wanted: Candidate) -> bool:
        """Read as much as is wanted, whatever size the server claims. False if the server returns none."""
        settled = False

        def take(response: Response) -> None:
            nonlocal settled
            if settled or not response.literals or _number(_UID, response.text) != wanted.uid:
                return
            message = response.literals[-1]
            if isinstance(message, Incoming):
                settled = True
                handle = f"{folder.raw.hex()} {wanted.uid}"
                clock: ArrivalClock = "INTERNALDATE" if wanted.at else ""
                message.settle(folder.name, handle, wanted.labels, wanted.at, clock, wanted.tab)

        async def fetch(part: str) -> None:
            await imap.command(
                f"UID FETCH {wanted.uid} (UID BODY.PEEK[]{part})",
                lambda: Incoming(self._catch, junk=folder.junk),
                take,
            )

        if wanted.octets < MAX_PROBE:
            with suppress(Refused):  # the server may not support partial fetches
                await fetch(f"<0.{wanted.octets}>")
                return settled
            settled = False
        await fetch("")
        return settled


async def _tab(imap: ImapConnection, uid: int) -> str:
    """The tab of Gmail's inbox that contains the message; "" if none does."""
    provider = provider_named("gmail")
    tabs = provider.tabs if provider is not None else ()
    found = await imap.several(f'UID SEARCH UID {uid} X-GM-RAW "{each.search}"' for each in tabs)
    hit = b"%d" % uid
    for tab, answer in zip(tabs, found, strict=True):
        for response in answer or ():
            words = response.text.split()
            if words[1:2] == [b"SEARCH"] and hit in words[2:]:
                return tab.name
    return ""


def _with_status(folder: Folder, answer: Sequence[Response]) -> Folder | None:
    for response in answer:
        if following := _UIDNEXT.search(response.text):
            validity = _number(_UIDVALIDITY, response.text)
            return replace(folder, next_uid=int(following[1]), validity=validity)
    return None


def _internal_date(text: bytes) -> datetime | None:
    """Parse INTERNALDATE (RFC 3501, date-time); None if missing or invalid."""
    found = _INTERNALDATE.search(text)
    try:
        return datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        return None


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
