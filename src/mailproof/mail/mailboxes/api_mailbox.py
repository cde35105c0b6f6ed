"""A mailbox behind an HTTP API: the common base for Gmail and Graph."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from mailproof.config.settings import RetrieveSettings
from mailproof.credentials import revealed
from mailproof.mail.connect import Resolve
from mailproof.mail.mailbox import Arrival, MailboxError
from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.mail.mailboxes.limits import API_CLOCK_S, MAX_API_LISTED
from mailproof.mail.mailboxes.web_client import RetryLater, WebClient
from mailproof.mail.sasl import Login
from mailproof.mail.senders.api import Request
from mailproof.model import ArrivalClock, TlsFacts

_ID = re.compile(r"[A-Za-z0-9_=+/-]{1,512}")


class Listed(Struct, frozen=True):
    """A message in a listing: its id and the listed properties. ``own``: sent from this account."""

    id: str
    folder: str = ""
    junk: bool = False
    tab: str = ""
    labels: tuple[str, ...] = ()
    at: datetime | None = None
    own: bool = False


class ApiMailbox:
    """See ``Mailbox``. A subclass implements the API's requests."""

    clock: ArrivalClock = ""

    def __init__(
        self, settings: RetrieveSettings, login: Login | None, catch: Catch, *, resolve: Resolve | None = None
    ) -> None:
        self._settings, self._catch = settings, catch
        self._login = login or Login(settings.username)
        token = revealed(self._login.token)
        if not token:
            self.token_request()  # an unusable key is detected before anything is sent
        self._web = WebClient(settings, token, None if token else self.token_request, resolve=resolve)
        self._since = datetime.now(UTC) - timedelta(seconds=API_CLOCK_S)
        self._seen: set[str] = set()
        self._opened = False
        self._free_at = 0.0  # when the next request may be sent
        self.folders: tuple[str, ...] = ()

    @property
    def tls(self) -> TlsFacts | None:
        return self._web.tls

    @property
    def key(self) -> str:
        """The client secret, or the JSON of a service account."""
        return revealed(self._login.password)

    @property
    def refresh_token(self) -> str:
        """The refresh token, if any."""
        return revealed(self._login.refresh_token)

    def token_request(self) -> Request:
        """The request for a token. Raises CredentialError."""
        raise NotImplementedError

    async def list(self) -> tuple[Listed, ...]:
        """Messages that arrived since ``_since``, the latest first."""
        raise NotImplementedError

    async def header(self, message: Listed) -> bytes:
        raise NotImplementedError

    async def raw(self, message: Listed, octets: int) -> bytes:
        """A message, of which at most ``octets`` are needed."""
        raise NotImplementedError

    async def delete(self, handle: str) -> None:
        raise NotImplementedError

    async def prepare(self) -> None:
        """Make the requests needed before the first listing."""

    async def open(self) -> None:
        waited = 0.0
        while True:
            try:
                if not self._opened:
                    await self.prepare()
                listed = await self.list()
                break
            except RetryLater as later:
                pause = max(later.seconds, self._settings.poll_interval)
                waited += pause
                if waited > self._settings.timeout:
                    raise _busy(later.seconds) from None
                await asyncio.sleep(pause)
        self.folders = ("all",)
        if not self._opened:
            self._seen.update(each.id for each in listed)
            self._opened = True

    async def look(self, *, everywhere: bool = True) -> None:
        # The last look is everywhere: if the API refuses it, whether a message arrived stays unknown.
        pause = self._free_at - time.monotonic()
        if pause > 0:
            if everywhere:
                raise _busy(pause)
            return
        try:
            for each in (await self.list())[:MAX_API_LISTED]:
                if each.id not in self._seen:
                    await self._take(each)
                    self._seen.add(each.id)
        except RetryLater as later:
            if everywhere:
                raise _busy(later.seconds) from None
            self._free_at = time.monotonic() + max(later.seconds, self._settings.poll_interval)

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def remove(self, arrival: Arrival) -> None:
        try:
            await self.delete(arrival.handle)
        except RetryLater:
            raise MailboxError("protocol", "the mailbox API asks to wait: not removed") from None

    async def close(self) -> None:
        """Nothing to release."""

    async def _take(self, message: Listed) -> None:
        if message.own:
            return
        octets = self._catch.wanted(await self.header(message), junk=message.junk)
        if not octets:
            return
        incoming = Incoming(self._catch, junk=message.junk)
        incoming.feed(await self.raw(message, octets))
        clock: ArrivalClock = self.clock if message.at is not None else ""
        incoming.settle(message.folder, message.id, message.labels, message.at, clock, message.tab)


def _busy(seconds: float) -> MailboxError:
    return MailboxError("connect", f"the mailbox API asks to wait {seconds:.0f} s")


def checked_id(value: str) -> str:
    """Return an id if it is safe in a URL. Raises MailboxError."""
    if not _ID.fullmatch(value):
        raise MailboxError("protocol", "the mailbox API returned an invalid id")
    return value


def as_list(value: object) -> Sequence[object]:
    """Return a listing. Raises MailboxError if it is none: that says nothing about what arrived."""
    if not isinstance(value, list):
        raise MailboxError("protocol", "the mailbox API does not list the messages")
    return value


def header_of(pairs: object) -> bytes:
    """Build a header section from the API's list of names and values."""
    lines = []
    for each in pairs if isinstance(pairs, list) else ():
        name, value = (each.get("name"), each.get("value")) if isinstance(each, dict) else ("", "")
        if isinstance(name, str) and isinstance(value, str) and re.fullmatch(r"[!-9;-~]{1,100}", name):
            lines.append(f"{name}: {' '.join(value.split())}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")
