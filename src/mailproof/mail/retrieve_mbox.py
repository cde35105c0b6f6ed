"""An mbox file (and another for junk) as a mailbox."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import BinaryIO

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.mailbox import Arrival, MailboxError, is_junk_name
from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.mail.mailboxes.mbox_stream import mbox_stream
from mailproof.mail.retrieve_maildir import yet_to_come
from mailproof.model import TlsFacts
from mailproof.records.mbox import MAX_FROM_LINE, is_mmdf, without_from_line
from mailproof.records.message import first_value, split_fields

POLL_S = 0.25


class MboxMailbox:
    """Reads what is appended to the file after opening. ``junk`` may name a second file."""

    tls: TlsFacts | None = None

    def __init__(self, settings: RetrieveSettings, catch: Catch) -> None:
        self._catch = catch
        self._path = settings.path or Path()
        self._files = [self._path]
        if settings.junk:
            self._files.append(self._path.parent / settings.junk)
        self._offsets: dict[Path, int] = {}
        self._sizes: dict[Path, int] = {}  # at the last look
        self.folders: tuple[str, ...] = tuple(file.name for file in self._files)

    async def open(self) -> None:
        """Note the sizes. A file that does not exist may still be created, and its folder with it."""
        if not self._path.parent.is_dir() and not yet_to_come(self._path.parent):
            raise MailboxError("storage", f"{self._path.parent} is not a folder")
        if self._path.is_dir():
            raise MailboxError("storage", f"{self._path} is a folder: an mbox is a file (kind = 'maildir'?)")
        for file in self._files:
            self._offsets.setdefault(file, await asyncio.to_thread(_size, file))

    async def look(self, *, everywhere: bool = True) -> None:
        """Read the messages appended since the last look, and the last one again: it may have grown."""
        for file in self._files:
            await asyncio.to_thread(self._appended, file)
        if everywhere and self._catch.probe is None and not self._path.parent.is_dir():
            raise MailboxError("storage", f"{self._path.parent} does not exist, and no delivery created it")

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, POLL_S))

    async def remove(self, arrival: Arrival) -> None:
        """Remove the message, under the locks that mail servers honour."""
        await asyncio.to_thread(_remove, Path(arrival.handle), arrival.raw)

    async def close(self) -> None:
        """Nothing to release."""

    def _appended(self, file: Path) -> None:
        size = _size(file)
        if size == self._sizes.get(file):
            return
        if size < max(self._sizes.get(file, 0), self._offsets.get(file, 0)):  # a mail client rewrote it
            self._offsets[file] = 0
        try:
            with file.open("rb") as handle:
                self._read(file, handle)
        except FileNotFoundError:
            return
        except OSError as error:
            raise MailboxError("storage", f"{file} cannot be read: {error.strerror}") from None
        self._sizes[file] = size

    def _read(self, file: Path, handle: BinaryIO) -> None:
        junk = file is not self._path or is_junk_name(file.stem)
        start = self._offsets.get(file, 0)
        handle.seek(start)
        for at, message in mbox_stream(
            handle, lambda: Incoming(self._catch, junk=junk, tidy=without_from_line)
        ):
            message.settle(file.name, str(file))
            self._offsets[file] = start + at


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise MailboxError("storage", f"{file}: {error.strerror}") from None


def _remove(file: Path, raw: bytes) -> None:
    import mailbox

    with file.open("rb") as handle:
        kind = mailbox.MMDF if is_mmdf(handle.read(MAX_FROM_LINE)) else mailbox.mbox
    box = kind(file, create=False)
    wanted = _message_id(raw)
    try:
        box.lock()
        for key in list(box.iterkeys())[::-1]:
            if wanted and _message_id(box.get_bytes(key)) == wanted:
                box.discard(key)
                box.flush()
                return
    except (OSError, mailbox.Error) as error:
        raise MailboxError("storage", f"{file} cannot be changed: {error}") from None
    finally:
        try:
            box.close()
        except OSError:
            box.unlock()
    raise MailboxError("storage", "the message is no longer there")


def _message_id(raw: bytes) -> str:
    return first_value(split_fields(raw)[0], "message-id")
