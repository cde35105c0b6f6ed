"""One mailbox, watched for several messages at once."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve
from mailproof.mail.login import Progress, login_of
from mailproof.mail.mailbox import Arrival, MailboxError
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import mailbox_for, try_open, try_remove, watch


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
        return self._mailbox.folders

    async def wait(self, done: Callable[[], bool]) -> None:
        """Return when ``done``, when the time is over, or when the mailbox cannot be read: see ``error``."""
        self.error = await watch(
            self._mailbox,
            self._settings,
            self._settings.deadline,
            lambda _: done(),
            "messages",
            self._progress,
        )

    async def remove(self, arrival: Arrival) -> str:
        """Delete a message that was found; why it could not be deleted, or nothing."""
        return await try_remove(self._mailbox, arrival)

    async def close(self) -> None:
        await self._mailbox.close()
