"""Saved messages as people have them: a message, an mbox, an Outlook file, a folder, standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from mailproof.errors import MessageError
from mailproof.files import read_given
from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.mbox_stream import mbox_stream
from mailproof.records.message import MAX_FROM_LINE, MAX_MESSAGE, MBOX_LINE, OUTLOOK

if TYPE_CHECKING:
    from mailproof.model import KeptContent

#: Messages of one mbox or folder that are verified.
MAX_MESSAGES = 1000
#: The largest mbox that is read, in octets.
MAX_MBOX = 500_000_000
TOO_LARGE = f"larger than {MAX_MESSAGE // 1_000_000} MB: not checked"
_ENDINGS = (".eml", ".msg", ".mbox", ".mbx", ".txt", ".mht", ".emlx")


class SavedMessage(Struct, frozen=True):
    """One message. ``source`` says where it is from; ``problem`` why it could not be read ("" if it was);
    ``kept`` is its content where ``raw`` is the header section alone and the file keeps more in another form.
    """

    source: str
    raw: bytes
    problem: str = ""
    kept: KeptContent | None = None


def saved_messages(path: Path) -> Iterator[SavedMessage]:
    """The messages of a file or a folder, at most MAX_MESSAGES.

    Of a folder: those of a Maildir (``cur`` and ``new``), else its files that end like saved messages, by
    name. Raises MessageError where the path itself cannot be read; a single message that cannot has a
    ``problem``.
    """
    if path.is_dir():
        yield from _of_folder(path)
        return
    if _is_mbox(path):
        yield from _of_mbox(path)
        return
    raw = _read(path, MAX_MBOX)
    yield from split(raw, path.name)


def split(raw: bytes, name: str = "") -> Iterator[SavedMessage]:
    """The messages in the octets of one file. Raises MessageError where there are too many of them."""
    if raw.startswith(OUTLOOK):
        from mailproof.mail.outlook import read_outlook

        message = read_outlook(raw, name or "the input")
        label = f"{name} (body as Outlook keeps it)" if message.kept else f"{name} (header only)"
        yield SavedMessage(label.lstrip(), message.header, kept=message.kept)
        return
    if not raw.startswith(b"From "):
        if len(raw) > MAX_MESSAGE:
            raise MessageError(
                f"{name or 'the input'}: larger than {MAX_MESSAGE // 1_000_000} MB: not checked"
            )
        yield SavedMessage(name, raw)
        return
    if MBOX_LINE.match(raw):
        yield from _of_stream(BytesIO(raw), name)
    elif len(raw) > MAX_MESSAGE:
        yield SavedMessage(name, b"", TOO_LARGE)
    else:
        yield SavedMessage(name, raw)


def _is_mbox(path: Path) -> bool:
    """Whether it is a file that can be read as an mbox, message by message."""
    try:
        if not path.is_file() or path.suffix.lower() == ".emlx" or path.stat().st_size > MAX_MBOX:
            return False
        with path.open("rb") as stream:
            return MBOX_LINE.match(stream.read(MAX_FROM_LINE)) is not None
    except (OSError, ValueError):
        return False  # the error is raised where it is read


def _of_mbox(path: Path) -> Iterator[SavedMessage]:
    try:
        with path.open("rb") as stream:
            yield from _of_stream(stream, path.name)
    except OSError as error:
        raise MessageError(f"{path}: cannot be read: {error.strerror or error}") from None


def _of_stream(stream: BinaryIO, name: str) -> Iterator[SavedMessage]:
    """The messages of an mbox. They are counted first; then the present one alone is in memory."""
    count = 0
    for _ in mbox_stream(stream, lambda: Kept(0)):
        count += 1
        if count > MAX_MESSAGES:
            raise MessageError(f"{name or 'the input'}: more than {MAX_MESSAGES} messages: split the mbox")
    stream.seek(0)
    for number, (_, kept) in enumerate(mbox_stream(stream, lambda: Kept(MAX_MESSAGE)), 1):
        label = name if count == 1 else f"{name} message {number}".lstrip()
        yield SavedMessage(label, b"", TOO_LARGE) if kept.cut else SavedMessage(label, bytes(kept.data))


def _of_folder(path: Path) -> Iterator[SavedMessage]:
    files = _files(path)
    if not files:
        raise MessageError(
            f"{path}: no saved messages in this folder (cur/ and new/, or "
            f"files ending in {' '.join(_ENDINGS)})"
        )
    count = 0
    for file in files:
        label = str(file.relative_to(path))
        try:
            label += _link(file, path)
            for one in split(_read(file, MAX_MESSAGE), label):
                count += 1
                if count > MAX_MESSAGES:
                    raise MessageError(f"{path}: more than {MAX_MESSAGES} messages: give a smaller folder")
                yield one
        except MessageError as error:
            if count > MAX_MESSAGES:
                raise
            yield SavedMessage(label, b"", str(error))


def _link(file: Path, folder: Path) -> str:
    """Where a link leads, in words; "" for anything else. Raises MessageError for one that leads out.

    A folder may be another's (an unpacked archive): what it links to is not read in its name.
    """
    if not file.is_symlink():
        return ""
    target = os.path.realpath(file)
    if not Path(target).is_relative_to(os.path.realpath(folder)):
        raise MessageError(f"a symbolic link out of the folder, to {target}: not followed")
    return f" (a symbolic link to {os.path.relpath(target, os.path.realpath(folder))})"


def _files(path: Path) -> list[Path]:
    try:
        boxes = [path / name for name in ("cur", "new") if (path / name).is_dir()]
        if boxes:
            found = [file for box in boxes for file in box.iterdir()]
            found = [file for file in found if not file.name.startswith(".")]
        else:
            found = [file for file in path.iterdir() if file.suffix.lower() in _ENDINGS]
        return sorted(file for file in found if not file.is_dir())
    except OSError as error:
        raise MessageError(f"{path}: cannot be read: {error.strerror or error}") from None


def _read(path: Path, limit: int) -> bytes:
    try:
        raw = read_given(path, limit)
    except OSError as error:
        raise MessageError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(raw) > limit:
        raise MessageError(f"{path}: larger than {limit // 1_000_000} MB: not checked")
    return _without_emlx(raw) if path.suffix.lower() == ".emlx" else raw


def _without_emlx(raw: bytes) -> bytes:
    """Apple Mail writes the message's length on a first line and a property list after it."""
    first, _, rest = raw.partition(b"\n")
    length = first.strip()
    return rest[: int(length)] if length.isdigit() and len(length) < 12 else raw
