"""An mbox file (and one for junk) as the place of arrival."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.mailbox import MAX_MESSAGE, Arrival, MailboxError, is_junk_name, worth_fetching
from mailproof.model import TlsFacts
from mailproof.records.message import split_mbox

POLL_S = 0.25
#: Where the first whole message begins in what was appended.
_BEGIN = re.compile(rb"(?:\A(?:\r?\n)?|\n\r?\n)(?=From )")


class MboxMailbox:
    """Reads what is appended to the file after the opening. ``junk`` may name a second file."""

    tls: TlsFacts | None = None

    def __init__(self, settings: RetrieveSettings) -> None:
        self._path = settings.path or Path()
        self._files = [self._path]
        if settings.junk:
            self._files.append(self._path.parent / settings.junk)
        self._offsets: dict[Path, int] = {}
        self.folders: tuple[str, ...] = tuple(file.name for file in self._files)

    async def open(self) -> None:
        """Note the sizes. A file that does not exist yet may still come; its folder must be there."""
        if not self._path.parent.is_dir():
            raise MailboxError("storage", f"{self._path.parent} does not exist")
        if self._path.is_dir():
            raise MailboxError("storage", f"{self._path} is a folder: an mbox is a file (kind = 'maildir'?)")
        for file in self._files:
            self._offsets.setdefault(file, await asyncio.to_thread(_size, file))

    async def look(self, token: str) -> list[Arrival]:
        """The messages appended since the opening that may be ours (each time anew: cheap, and safe)."""
        found: list[Arrival] = []
        for file in self._files:
            for raw in await asyncio.to_thread(self._appended, file):
                if worth_fetching(raw[: 256 * 1024], token):
                    junk = file is not self._path or is_junk_name(file.stem)
                    found.append(Arrival(raw, file.name, str(file), junk=junk))
        return found

    async def wait(self, seconds: float) -> None:
        """Sleep a little."""
        await asyncio.sleep(min(seconds, POLL_S))

    async def remove(self, arrival: Arrival) -> None:
        """Take the message out, under the locks that mail servers honour."""
        await asyncio.to_thread(_remove, Path(arrival.handle), arrival.raw)

    async def close(self) -> None:
        """Nothing is held."""

    def _appended(self, file: Path) -> list[bytes]:
        start = self._offsets.get(file, 0)
        if _size(file) < start:  # a mail reader rewrote it
            start = self._offsets[file] = 0
        try:
            with file.open("rb") as handle:
                handle.seek(start)
                data = handle.read(MAX_MESSAGE)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise MailboxError("storage", f"{file} cannot be read: {error.strerror}") from None
        begin = _BEGIN.search(data)
        return list(split_mbox(data[begin.end() :])) if begin is not None else []


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise MailboxError("storage", f"{file}: {error.strerror}") from None


def _remove(file: Path, raw: bytes) -> None:
    import mailbox

    box = mailbox.mbox(file, create=False)
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
    raise MailboxError("storage", "the message is not there any more")


def _message_id(raw: bytes) -> str:
    from mailproof.records.message import first_value, split_fields

    return first_value(split_fields(raw)[0], "message-id")
