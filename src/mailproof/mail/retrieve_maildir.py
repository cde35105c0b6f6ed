"""A Maildir (and its Maildir++ subfolders) as a mailbox."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.mailbox import Arrival, MailboxError, decode_folder, is_junk_name, is_outgoing_name
from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.model import TlsFacts

MAX_FOLDERS = 500
MAX_NEW = 2000
CHUNK = 64 * 1024
POLL_S = 0.25


class MaildirMailbox:
    """Watches ``new`` and ``cur`` of the Maildir, of ``.Folder`` next to these, and of plain subfolders."""

    tls: TlsFacts | None = None

    def __init__(self, settings: RetrieveSettings, catch: Catch) -> None:
        self._settings, self._catch = settings, catch
        self._root = settings.path or Path()
        self._seen: set[str] = set()
        self._opened = False
        self._awaited = False  # whether a server has yet to create it
        self.folders: tuple[str, ...] = ()

    async def open(self) -> None:
        """Note the messages already present. Many servers create the Maildir for the first message."""
        names = await asyncio.to_thread(self._scan)
        if not self._opened:
            self._seen = {key for key, _, _ in names}
            self._opened = True

    async def look(self, *, everywhere: bool = True) -> None:
        await asyncio.to_thread(self._look)
        if everywhere and self._awaited:
            raise MailboxError("storage", f"{self._root} does not exist, and no delivery created it")

    async def wait(self, seconds: float) -> None:
        """Sleep; a look is cheap, so poll often."""
        await asyncio.sleep(min(seconds, POLL_S))

    async def remove(self, arrival: Arrival) -> None:
        """Delete the file, even if a mail client moved it within its folder."""
        await asyncio.to_thread(self._remove, arrival)

    async def close(self) -> None:
        """Nothing to release."""

    def _look(self) -> None:
        fresh = [entry for entry in self._scan() if entry[0] not in self._seen][:MAX_NEW]
        for key, folder, path in fresh:
            message = Incoming(self._catch, junk=is_junk_name(folder) or folder == self._settings.junk)
            try:
                with path.open("rb") as file:
                    written = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
                    while not message.full and (piece := file.read(CHUNK)):
                        message.feed(piece)
            except FileNotFoundError:
                continue  # moved from new to cur meanwhile: the next look finds it there
            except OSError as error:
                raise MailboxError("storage", f"{path} cannot be read: {error.strerror}") from None
            self._seen.add(key)
            message.settle(folder, key, at=written, clock="file")

    def _scan(self) -> list[tuple[str, str, Path]]:
        """All messages: a key that is stable across flags and the move to cur, the folder, the path."""
        result: list[tuple[str, str, Path]] = []
        folders = self._folders()
        self.folders = tuple(name for name, _ in folders)
        for name, place in folders:
            for part in ("new", "cur"):
                try:
                    with os.scandir(place / part) as entries:
                        for entry in entries:
                            if not entry.is_file():  # opening a pipe would block
                                continue
                            key = f"{name}/{entry.name.partition(':')[0]}"
                            result.append((key, name, Path(entry.path)))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    raise MailboxError("storage", f"{place / part}: {error.strerror}") from None
        return result

    def _folders(self) -> list[tuple[str, Path]]:
        try:
            if not (self._root / "new").is_dir() and not (self._root / "cur").is_dir():
                self._awaited = self._awaited or yet_to_come(self._root)
                if self._awaited:
                    return []
                raise MailboxError("storage", f"{self._root} is not a Maildir: it has no 'new' or 'cur'")
            self._awaited = False
            found = [("INBOX", self._root)]
            children = sorted(child for child in self._root.iterdir() if child.is_dir())
        except OSError as error:
            raise MailboxError("storage", f"{self._root} cannot be read: {error.strerror}") from None
        for child in children[:MAX_FOLDERS]:
            name = decode_folder(os.fsencode(child.name.removeprefix(".").replace(".", "/")))
            if (child / "cur").is_dir() and not is_outgoing_name(name):
                found.append((name, child))
        wanted = [decode_folder(each.encode()) for each in self._settings.folders]
        return [(n, p) for n, p in found if not wanted or n in wanted or n == self._settings.junk]

    def _remove(self, arrival: Arrival) -> None:
        for key, _, path in self._scan():
            if key == arrival.handle:
                try:
                    path.unlink()
                except OSError as error:
                    raise MailboxError("storage", f"{path} cannot be removed: {error.strerror}") from None
                return
        raise MailboxError("storage", "the message is no longer there")


def yet_to_come(root: Path) -> bool:
    """Whether a server may still create this folder: nothing exists there, or an empty folder."""
    if root.is_dir():
        return next(root.iterdir(), None) is None
    if os.path.lexists(root):
        return False
    return any(place.is_dir() for place in root.parents if os.path.lexists(place))
