"""Files that users name: read within limits and only where they end, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from mailproof.errors import MailproofError, UsageError

#: What the shell opens for us: `<(command)`, and `command | mailproof verify /dev/stdin`.
_OPENED_FOR_US = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
_KINDS = (
    (stat.S_ISFIFO, "it is a named pipe"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
    (stat.S_ISSOCK, "it is a socket"),
)
#: Files of a run that are remembered, so that none is both read and written.
MOST_KNOWN = 1000
#: The files of this run of the command line, each with the option that writes it, or "" where it is read.
_RUN: ContextVar[dict[str, str] | None] = ContextVar("mailproof_files", default=None)


@contextmanager
def kept_apart() -> Iterator[None]:
    """While inside, which is one run, no option writes what is read, or what another option writes."""
    token = _RUN.set({})
    try:
        yield
    finally:
        _RUN.reset(token)


def read_given(path: Path, most: int) -> bytes:
    """The octets of a file, as ``open_given`` opens it; see ``read_up_to``. Raises OSError."""
    with open_given(path) as stream:
        return read_up_to(stream, most)


def open_given(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises OSError with its reason in ``strerror``: also for a pipe, a device or a socket, which may
    never end. They are not even opened. A pipe that the shell opened for us is.
    """
    try:
        check_given(path)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError:  # a NUL in the name
        raise OSError(errno.EINVAL, "no file can have this name") from None
    try:
        _check_kind(path, os.fstat(handle).st_mode)  # it may have been replaced by now
        os.set_blocking(handle, True)
    except BaseException:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def read_up_to(stream: BinaryIO, most: int) -> bytes:
    """The rest of a file, cut after ``most`` + 1 octets, so that the caller sees if it is larger."""
    raw = stream.read(min(os.fstat(stream.fileno()).st_size, most) + 1)
    while raw and len(raw) <= most and (more := stream.read(min(1 << 20, most + 1 - len(raw)))):
        raw += more
    return raw


def read_whole(
    path: Path, most: int, kind: type[MailproofError], too_large: str, *, shown: str = ""
) -> bytes:
    """The octets of a file. Raises an error of this ``kind`` that begins with the file's name."""
    try:
        raw = read_given(path, most)
    except OSError as error:
        raise kind(f"{shown or path}: cannot be read: {error.strerror or error}") from None
    if len(raw) > most:
        raise kind(f"{shown or path}: {too_large}")
    return raw


def check_given(path: Path) -> None:
    """Raises OSError where ``read_given`` would not open the file: for libraries that read it themselves."""
    mode = path.stat().st_mode
    known = _RUN.get()
    if known is not None and stat.S_ISREG(mode):
        target = os.path.realpath(path)
        if option := known.get(target):
            raise OSError(errno.EINVAL, f"{option} would replace it: name another file")
        if len(known) < MOST_KNOWN:
            known[target] = ""
    _check_kind(path, mode)


def _check_kind(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISFIFO(mode) and str(path).startswith(_OPENED_FOR_US):
        return
    if path == Path(os.devnull):
        return  # it ends at once
    for is_kind, words in _KINDS:
        if is_kind(mode):
            raise OSError(errno.EINVAL, f"{words}, not a regular file")


def working_folder() -> Path | None:
    """The working folder; None where it has been deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def check_writable(option: str, path: Path, *, is_read: bool = False) -> None:
    """Raises UsageError, before any work is done, where the file that an option names cannot be written.

    Neither may one that this run reads, unless it ``is_read`` for that, or that another option writes.
    """
    folder = path.parent
    if not path.name:
        problem = "names no file"
    elif os.path.isdir(path):
        problem = "is a folder"
    elif not os.path.isdir(folder) or not (path.is_absolute() or working_folder()):
        problem = f"the folder {folder} does not exist"
    elif not os.access(folder, os.W_OK) and not os.access(path, os.W_OK):
        problem = f"the folder {folder} is not writable for you"
    else:
        problem = _other_use(option, path, is_read)
    if problem:
        raise UsageError(f"{option}: {problem}")


def _other_use(option: str, path: Path, is_read: bool) -> str:
    """What else this run does with a file that the option writes; "" for nothing, which is then noted."""
    known, target = _RUN.get(), os.path.realpath(path)
    if known is None or (os.path.exists(path) and not os.path.isfile(path)):
        return ""
    other = known.get(target)
    if other is None or other == option or (is_read and not other):
        known[target] = option
        return ""
    return f"{f'{other} writes it too' if other else 'it is what is read'}: name another file"


def write_whole(path: Path, data: bytes) -> None:
    """Write through a temporary file beside it: no reader sees half of it, and a full disk loses nothing.

    A link keeps its target, a file its mode and owner. A device or pipe (/dev/stdout) is written in place;
    so is a file in a folder where no other file can be created. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    (_RUN.get() or {}).pop(str(target), None)
    if (path.exists() and not path.is_file()) or str(path).startswith("/dev/"):
        _write_through(path, data)
        return
    temporary = target.with_name(f".{target.name[:200]}.{os.urandom(6).hex()}")
    try:
        stream = temporary.open("xb")
    except PermissionError:
        if not target.is_file():
            raise
        path.write_bytes(data)
        return
    try:
        with stream:
            _like(stream.fileno(), target)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _write_through(path: Path, data: bytes) -> None:
    """What cannot be replaced. /dev/stdout may be a file that the shell opened: its contents are kept.

    The system refuses a named pipe without a reader, so we don't wait for one.
    """
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


def _like(handle: int, target: Path) -> None:
    """Give the file the owner and mode of the one that it replaces."""
    with contextlib.suppress(OSError):
        found = target.stat()
        if hasattr(os, "fchown"):
            with contextlib.suppress(OSError):
                os.fchown(handle, found.st_uid, found.st_gid)
            os.fchmod(handle, stat.S_IMODE(found.st_mode))


def locked(handle: int) -> bool:
    """Keep other runs from the file for as long as it is open; where the system knows no such lock, don't."""
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def shortest(path: Path) -> Path:
    """The path as from the working folder where it is in there, as reports are to name it; else as it is."""
    here = working_folder()
    if here is None or not path.is_absolute():
        return path
    here = here.absolute()
    return path.relative_to(here) if path.is_relative_to(here) else path
