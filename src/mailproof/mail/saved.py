"""Read saved messages in any form: a message, an mbox, an Outlook file, a folder, standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from mailproof.errors import MessageError
from mailproof.files import failing_as, open_given, read_up_to
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.mbox_stream import mbox_stream
from mailproof.model.content import KeptContent
from mailproof.records.mbox import MAX_FROM_LINE, MAX_INTERNAL, is_internal, is_mailbox
from mailproof.records.message import MAX_MESSAGE, OUTLOOK

#: The most octets of an mbox from a shell's pipe; a file may have any size.
MAX_PIPED = 500_000_000
TOO_LARGE = f"larger than {MAX_MESSAGE // 1_000_000} MB: not checked"
_ENDINGS = (".eml", ".msg", ".mbox", ".mbx", ".txt", ".mht", ".emlx")


class SavedMessage(Struct, frozen=True):
    """One message. ``source`` says where it is from.

    ``problem`` says why it could not be read ("" if it was); ``kept`` is its content if ``raw`` is the header
    section alone and the file stores the rest in another form.
    """

    source: str
    raw: bytes
    problem: str = ""
    kept: KeptContent | None = None


class Saved:
    """The messages of a file, a folder or a stream, as a re-iterable; one at a time.

    For a folder: those of a Maildir (``cur`` and ``new``), or else its files with the suffixes of saved
    messages, sorted by name. Iterating raises MessageError if the path itself cannot be read; a single
    unreadable message has a ``problem``.
    """

    def __init__(self, path: Path | None = None, *, stream: BinaryIO | None = None, raw: bytes = b"") -> None:
        self._path, self._stream, self._raw = path, stream, raw

    @property
    def is_folder(self) -> bool:
        """Whether each message is a separate file."""
        return self._path is not None and self._path.is_dir()

    def __iter__(self) -> Iterator[SavedMessage]:
        if self._stream is not None:
            return _of_stream(self._stream, "")
        if self._path is None:
            return split(self._raw)
        return _of_folder(self._path) if self.is_folder else _of_file(self._path, self._path.name)

    def counted(self, most: int) -> int:
        """The number of messages, at most ``most`` + 1. A pipe, which is read only once, counts as one."""
        if self._path is not None and not self.is_folder and not self._path.is_file():
            return 1
        if self._path is not None and self.is_folder and len(_names(self._path)) > most:
            return most + 1  # each file has a message
        return sum(1 for _ in islice(self, most + 1))


def split(raw: bytes, name: str = "") -> Iterator[SavedMessage]:
    """The messages in one file's octets. Raises MessageError if it is too large for a message."""
    if raw.startswith(OUTLOOK):
        from mailproof.mail.outlook import read_outlook

        message = read_outlook(raw, name or "the input")
        label = f"{name} (body as Outlook keeps it)" if message.kept else f"{name} (header only)"
        yield SavedMessage(label.lstrip(), message.header, kept=message.kept)
        return
    if is_mailbox(raw):
        yield from _of_stream(BytesIO(raw), name)
    elif len(raw) > MAX_MESSAGE:
        raise MessageError(f"{name or 'the input'}: {TOO_LARGE}")
    else:
        yield SavedMessage(name, raw)


def _of_file(path: Path, name: str) -> Iterator[SavedMessage]:
    """The messages of a file. An mbox is streamed message by message, unless it comes from a pipe."""
    is_emlx = path.suffix.lower() == ".emlx"
    with failing_as(MessageError, f"{path}: cannot be read"), open_given(path) as stream:
        most = MAX_MESSAGE if stream.seekable() else MAX_PIPED
        if stream.seekable() and not is_emlx:
            if is_mailbox(stream.read(MAX_FROM_LINE)):
                yield from _of_stream(stream, name)
                return
            stream.seek(0)
        raw = read_up_to(stream, most)
    if len(raw) > most:
        raise MessageError(f"{path}: larger than {most // 1_000_000} MB: not checked")
    yield from split(_without_emlx(raw) if is_emlx else raw, name)


def _of_stream(stream: BinaryIO, name: str) -> Iterator[SavedMessage]:
    """Stream the messages of an mbox, one in memory at a time."""
    stream.seek(0)
    several = len(list(islice(_mails(stream, MAX_INTERNAL), 2))) > 1
    stream.seek(0)
    for number, kept in enumerate(_mails(stream, MAX_MESSAGE), 1):
        label = f"{name} message {number}".lstrip() if several else name
        yield SavedMessage(label, b"", TOO_LARGE) if kept.cut else SavedMessage(label, bytes(kept.data))


def _mails(stream: BinaryIO, limit: int) -> Iterator[Kept]:
    """The messages of an mbox, except the internal message that some programs put first."""
    for number, (_, kept) in enumerate(mbox_stream(stream, lambda: Kept(limit))):
        if number or not is_internal(bytes(kept.data[:MAX_INTERNAL])):
            yield kept


def _of_folder(path: Path) -> Iterator[SavedMessage]:
    names = _names(path)
    if not names:
        raise MessageError(
            f"{path}: no saved messages in this folder (cur/ and new/, or "
            f"files ending in {' '.join(_ENDINGS)})"
        )
    for name in names:
        label, file = name, path / name
        try:
            label += _link(file, path)
            yield from _of_file(file, label)
        except MessageError as error:
            yield SavedMessage(label, b"", str(error))


def _link(file: Path, folder: Path) -> str:
    """A note on a symbolic link's target; "" for anything else. Raises MessageError if it leaves the folder.

    A folder may be someone else's (an unpacked archive), whose links must not expose the user's files.
    """
    if not file.is_symlink():
        return ""
    target = os.path.realpath(file)
    if not Path(target).is_relative_to(os.path.realpath(folder)):
        raise MessageError(f"a symbolic link out of the folder, to {target}: not followed")
    return f" (a symbolic link to {os.path.relpath(target, os.path.realpath(folder))})"


def _names(path: Path) -> list[str]:
    """The names of files to read, relative to the folder; strings, as there may be a million."""
    found: list[str] = []
    with failing_as(MessageError, f"{path}: cannot be read"):
        boxes = [name for name in ("cur", "new") if (path / name).is_dir()]
        for box in boxes or [""]:
            with os.scandir(path / box) as entries:
                found += [os.path.join(box, each.name) for each in entries if _wanted(each, bool(boxes))]
    return sorted(found)


def _wanted(entry: os.DirEntry[str], in_maildir: bool) -> bool:
    if in_maildir:
        named = not entry.name.startswith(".")
    else:
        named = entry.name == "mbox" or os.path.splitext(entry.name)[1].lower() in _ENDINGS  # of Apple Mail
    try:
        return named and not entry.is_dir()
    except OSError:  # a link to itself: reading it will raise the error
        return named


def _without_emlx(raw: bytes) -> bytes:
    """Apple Mail writes the message's length on a first line and a property list after it."""
    first, _, rest = raw.partition(b"\n")
    length = first.strip()
    return rest[: int(length)] if length.isdigit() and len(length) < 12 else raw
