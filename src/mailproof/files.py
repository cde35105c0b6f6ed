"""Files named by users: read within limits and only if they are finite, written atomically."""

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

#: Paths opened by the shell: `<(command)`, and `command | mailproof verify /dev/stdin`.
_OPENED_FOR_US = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
_KINDS = (
    (stat.S_ISFIFO, "it is a named pipe"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
    (stat.S_ISSOCK, "it is a socket"),
)
#: Files of a run that are tracked, so that none is both read and written.
MOST_KNOWN = 1000
_IS_READ = "this command reads it"
#: How compressed files begin, and what shows their content.
_UNPACKED_BY = {
    b"\x1f\x8b": "gunzip -c",
    b"\x28\xb5\x2f\xfd": "zstd -dc",
    b"\xfd7zXZ": "xz -dc",
    b"BZh91AY": "bzip2 -dc",
    b"PK\x03\x04": "unzip -p",
}
#: The files of the current command-line run, each with the option that writes it, or "" if it is read.
_RUN: ContextVar[dict[str, str] | None] = ContextVar("mailproof_files", default=None)


@contextmanager
def tracked_files() -> Iterator[None]:
    """During a run, prevent options from writing files that are read, or that another option writes."""
    token = _RUN.set({})
    try:
        yield
    finally:
        _RUN.reset(token)


def unpacked_by(raw: bytes) -> str:
    """The command that shows the content of a compressed file; "" if it is not compressed."""
    return next((command for magic, command in _UNPACKED_BY.items() if raw.startswith(magic)), "")


def read_given(path: Path, most: int) -> bytes:
    """The octets of a file, as ``open_given`` opens it; see ``read_up_to``. Raises OSError."""
    with open_given(path) as stream:
        return read_up_to(stream, most)


def open_given(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises OSError with the reason in ``strerror``, also for pipes, devices and sockets, which may never
    end: they are not even opened, except pipes opened by the shell.
    """
    try:
        check_given(path)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError:  # a NUL in the name
        raise OSError(errno.EINVAL, "no file can have this name") from None
    try:
        _check_kind(path, os.fstat(handle).st_mode)  # it may have been replaced since
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


@contextmanager
def failing_as(kind: type[MailproofError], words: str) -> Iterator[None]:
    """Turn an OSError into an error of this ``kind``: ``words``, and what the system says."""
    try:
        yield
    except OSError as error:
        raise kind(f"{words}: {error.strerror or error}") from None


def read_whole(
    path: Path, most: int, kind: type[MailproofError], too_large: str, *, shown: str = ""
) -> bytes:
    """Read a file. Raises an error of this ``kind`` whose message begins with the file's name."""
    with failing_as(kind, f"{shown or path}: cannot be read"):
        raw = read_given(path, most)
    if len(raw) > most:
        raise kind(f"{shown or path}: {too_large}")
    return raw


def check_given(path: Path) -> None:
    """Raise OSError if ``read_given`` would not open the file, for libraries that read it themselves.

    Raises UsageError if an option of this run writes the file.
    """
    mode = path.stat().st_mode
    known = _RUN.get()
    if known is not None and stat.S_ISREG(mode):
        target = os.path.realpath(path)
        if option := known.get(target):
            raise UsageError(f"{option}: {_IS_READ}: name another file")
        if len(known) < MOST_KNOWN:
            known[target] = ""
    _check_kind(path, mode)


def _check_kind(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISFIFO(mode) and str(path).startswith(_OPENED_FOR_US):
        return
    for is_kind, words in _KINDS:
        if is_kind(mode) and path != Path(os.devnull):  # reading that ends immediately
            raise OSError(errno.EINVAL, f"{words}, not a regular file")


def working_folder() -> Path | None:
    """The working directory; None if it has been deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def check_writable(option: str, path: Path, *, is_read: bool = False) -> None:
    """Raise UsageError, before any work is done, if the file named by an option cannot be written.

    Also raises if this run reads the file (unless ``is_read``) or if another option writes it.
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
    """Another use of the file in this run, as a problem; if there is none, registers the option's use."""
    known, target = _RUN.get(), os.path.realpath(path)
    if known is None or (os.path.exists(path) and not os.path.isfile(path)):
        return ""
    other = known.get(target)
    if other is None or other == option or (is_read and not other):
        known[target] = option
        return ""
    return f"{f'{other} writes it too' if other else _IS_READ}: name another file"


def write_whole(path: Path, data: bytes) -> None:
    """Write atomically through a temporary file: readers never see half of it, and a full disk loses nothing.

    Links keep their targets, and files their mode and owner. A device or pipe (/dev/stdout) is written in
    place, and so is a file in a directory where no file can be created. Raises OSError.
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
            _copy_owner_and_mode(stream.fileno(), target)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _write_through(path: Path, data: bytes) -> None:
    """Write in place. /dev/stdout may be a file opened by the shell, whose contents are kept.

    A named pipe without a reader raises OSError, so we don't block on it.
    """
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


def _copy_owner_and_mode(handle: int, target: Path) -> None:
    """Copy owner and mode from the file that will be replaced."""
    with contextlib.suppress(OSError):
        found = target.stat()
        if hasattr(os, "fchown"):
            with contextlib.suppress(OSError):
                os.fchown(handle, found.st_uid, found.st_gid)
            os.fchmod(handle, stat.S_IMODE(found.st_mode))


def locked(handle: int) -> bool:
    """Lock the file against other runs while it is open; always succeeds on systems without flock."""
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def shortest(path: Path) -> Path:
    """The path for reports: relative to the working directory if it is inside, else unchanged."""
    here = working_folder()
    if here is None or not path.is_absolute():
        return path
    here = here.absolute()
    return path.relative_to(here) if path.is_relative_to(here) else path
