"""One mailbox, watched for several messages at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve
from mailproof.mail.login import Progress, login_of
from mailproof.mail.mailbox import Arrival, MailboxError
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import RECONNECT_PAUSE_S, mailbox_for, try_open, try_remove

#: So often a lost connection to the mailbox is made again.
MAX_RECONNECTS = 3


class Catches(Catch):
    """What came, of several messages: a catch for each token."""

    def __init__(self, tokens: Collection[str]) -> None:
        super().__init__("")
        self.each = {token: Catch(token) for token in tokens}

    def wanted(self, header: bytes, *, junk: bool = False) -> int:
        return max(catch.wanted(header, junk=junk) for catch in self.each.values())

    def take(self, arrival: Arrival, *, cut: bool = False) -> None:
        for catch in self.each.values():
            catch.take(arrival, cut=cut)

    def found(self, token: str) -> Arrival | None:
        """The message with that token, if it is there."""
        return self.each[token].probe


class Watching:
    """A mailbox under watch. ``open`` raises MailboxError; what happens later is in ``error``."""

    def __init__(
        self,
        settings: RetrieveSettings,
        tokens: Collection[str],
        *,
        resolve: Resolve | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._settings, self._resolve, self._progress = settings, resolve, progress
        self.catches = Catches(tokens)
        self.error: MailboxError | None = None

    async def open(self) -> None:
        """Connect and sign in. Raises MailboxError and CredentialError."""
        self._mailbox = mailbox_for(
            self._settings, await login_of(self._settings), self.catches, resolve=self._resolve
        )
        if (error := await try_open(self._mailbox, self._settings)) is not None:
            raise error

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that are watched."""
        return self._mailbox.folders

    async def wait(self, done: Callable[[], bool]) -> None:
        """Return when ``done``, when the time is over, or when the mailbox cannot be read: see ``error``."""
        ends = time.monotonic() + self._settings.deadline
        failures = 0
        while True:
            left = ends - time.monotonic()
            error: MailboxError | None = None
            try:
                async with asyncio.timeout(max(left, 0.05) + self._settings.timeout):
                    await self._mailbox.look()
                    failures = 0
                    if done() or left <= 0:
                        return
                    if self._progress is not None:
                        self._progress(f"waiting for the messages in {self._settings.server}", left)
                    await self._mailbox.wait(min(left, self._settings.poll_interval))
            except TimeoutError:
                error = MailboxError("protocol", "the mailbox server stopped answering")
            except MailboxError as caught:
                error = caught
            if error is None:
                continue
            failures += 1
            if failures > MAX_RECONNECTS or left <= RECONNECT_PAUSE_S:
                self.error = error
                return
            await asyncio.sleep(RECONNECT_PAUSE_S)
            self.error = await try_open(self._mailbox, self._settings)
            if self.error is not None:
                return

    async def remove(self, arrival: Arrival) -> str:
        """Delete a message that was found; why it could not be deleted, or nothing."""
        return await try_remove(self._mailbox, arrival)

    async def close(self) -> None:
        """Leave the mailbox; raises nothing."""
        await self._mailbox.close()
