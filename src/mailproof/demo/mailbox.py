"""The demo's mailbox: folders of messages in memory, with a notification when one arrives."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from msgspec import Struct, field


class StoredMessage(Struct):
    """A message in a folder. ``uid`` is never reused."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    received: datetime = field(default_factory=lambda: datetime.now(UTC))


class Folder(Struct):
    """A folder with its special use (RFC 6154), "" for none."""

    name: str
    special_use: str = ""
    messages: list[StoredMessage] = field(default_factory=list)
    next_uid: int = 1


class Mailbox:
    """One user's folders: INBOX, Junk, Sent, Archive."""

    def __init__(self) -> None:
        self.folders = {
            folder.name: folder
            for folder in (
                Folder("INBOX"),
                Folder("Junk", "\\Junk"),
                Folder("Sent", "\\Sent"),
                Folder("Archive", "\\Archive"),
            )
        }
        self.changed = asyncio.Condition()

    async def deliver(self, raw: bytes, folder: str = "INBOX") -> None:
        """Put a message into a folder and wake up waiting clients."""
        place = self.folders[folder]
        place.messages.append(StoredMessage(place.next_uid, raw))
        place.next_uid += 1
        async with self.changed:
            self.changed.notify_all()
