"""Write to standard output: text for people or programs, and octets."""

from __future__ import annotations

import os
import sys
from typing import IO, AnyStr

from mailproof.cli.pipelines import unobeyed
from mailproof.errors import UsageError

CLOSED = "standard output is closed: cannot show anything"


def write_page(text: str) -> bool:
    """Write text for people, in which a pipeline's runner obeys nothing."""
    with unobeyed(write_text):
        return write_text(text)


def write_text(text: str) -> bool:
    """Write to standard output, escaping what its encoding lacks.

    If the reader went away (``| head``), returns False: no error. Raises UsageError for a full disk.
    """
    if sys.stdout is None:
        raise UsageError(CLOSED)
    encoding = sys.stdout.encoding or "utf-8"
    return _written(sys.stdout, text.encode(encoding, "backslashreplace").decode(encoding))


def write_octets(octets: bytes) -> bool:
    """Write binary data to standard output, as ``write_text`` does."""
    if sys.stdout is None:
        raise UsageError(CLOSED)
    return _written(sys.stdout.buffer, octets)


def _written(stream: IO[AnyStr], content: AnyStr) -> bool:
    try:
        stream.write(content)
        stream.flush()
    except BrokenPipeError:
        _discard_stdout()
        return False
    except OSError as error:
        _discard_stdout()
        raise UsageError(f"cannot write to standard output: {error.strerror}") from None
    return True


def _discard_stdout() -> None:
    """Redirect standard output to null: flushing its buffer at exit would fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
