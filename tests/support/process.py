"""Runs the command line as a separate process: signals, pipes, limits."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

COMMAND = (sys.executable, "-m", "mailproof")


@contextmanager
def started(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    preexec: Callable[[], None] | None = None,
    stderr: int = subprocess.PIPE,
) -> Iterator[subprocess.Popen[str]]:
    """Start ``mailproof ARGUMENTS``; it is killed at the end of the block if it is still running."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", **(environment or {})},
        preexec_fn=preexec,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait for the process; returns its stdout and stderr. Fails if it does not end."""
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return out, err


@contextmanager
def started_at_a_terminal(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The same with standard error on a pseudo-terminal; yields the process and our end of the terminal."""
    ours, theirs = pty.openpty()
    try:
        with started(*arguments, environment=environment, stderr=theirs) as process:
            os.close(theirs)
            yield process, ours
    finally:
        os.close(ours)


def shown(terminal: int, words: str) -> None:
    """Wait until the terminal shows the words."""
    text = ""
    while words not in text:
        ready, _, _ = select.select([terminal], (), (), 60)
        assert ready, text
        text += os.read(terminal, 4096).decode(errors="replace")


def send(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send a signal to a process that must still be running."""
    assert process.poll() is None, "it has ended already"
    process.send_signal(number)
