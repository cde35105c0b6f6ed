"""Standard output and error: what the terminal can show, and how wide it is."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import BinaryIO, TextIO

from mailproof.cli.pipelines import unobeyed
from mailproof.errors import MailproofError, UsageError
from mailproof.redaction import hide
from mailproof.render.look import SCREEN, Look
from mailproof.runners import disarmed

#: The message for when the system refuses to open more files or sockets for us.
NO_FILES = "too many open files: raise the limit (ulimit -n)"
#: The maximum width: longer lines are hard to read, and a section's rule is as wide as the screen.
MOST_COLUMNS = 1000


def screen(stream: TextIO | None, color: str = "auto", look: Look = SCREEN) -> Look:
    """``look`` with what a stream can show, according to the environment (NO_COLOR, COLUMNS, TERM …)."""
    if stream is None:
        raise UsageError("standard output is closed: cannot show anything")
    encoding = (getattr(stream, "encoding", None) or "ascii").lower()
    unicode = encoding.startswith(("utf", "cp65001"))
    return look._replace(width=_width(stream), color=_color(stream, color), unicode=unicode)


def _width(stream: TextIO) -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:9]) > 0:
        return min(int(columns[:9]), MOST_COLUMNS)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _color(stream: TextIO, wish: str) -> bool:
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("TTY_COMPATIBLE") in ("0", "1"):
        return os.environ["TTY_COMPATIBLE"] == "1"
    return stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def standard_input(closed: MailproofError, prompt: str = "") -> BinaryIO:
    """Standard input; a terminal is asked to paste what ``prompt`` names.

    Raises ``closed`` where there is no standard input.
    """
    if sys.stdin is None:
        raise closed
    if prompt and sys.stdin.isatty():
        sys.stderr.write(f"mailproof: paste {prompt}, then press Ctrl-D\n")
    return sys.stdin.buffer


def complain(message: str) -> None:
    """Print one sanitized line on stderr; dropped if stderr is closed."""
    if sys.stderr is None:
        return
    name = "\x1b[1;31mmailproof:\x1b[0m" if screen(sys.stderr).color else "mailproof:"
    _write_stderr(f"{name} {fit(' '.join(message.split()), 1000)}\n")


def is_out_of_files(error: object) -> bool:
    """Whether the system refuses to open more files for us."""
    return isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)


def note(text: str) -> None:
    """Print sanitized informational lines on stderr."""
    _write_stderr("".join(f"{fit(line, 4000)}\n" for line in text.split("\n")))


def fit(text: str, limit: int = 4000) -> str:
    """One line without control characters, secrets, and commands to a pipeline's runner."""
    from mailproof.render.text.style import clean

    return disarmed(clean(hide(text), limit))


def _write_stderr(lines: str) -> None:
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError, ValueError), unobeyed(sys.stderr.write):
        sys.stderr.write(lines)
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
