"""Handle Ctrl-C, SIGTERM and SIGHUP from start to exit: one line, exit code 130, no traceback.

Imports next to nothing, so that it guards all other imports.
"""

from __future__ import annotations

import os
import signal
import time

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without importing typing
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

CODE = 130
#: Wrappers forward a signal that the terminal has already sent to the group: one within this time is a
#: duplicate.
SAME_S = 1.0
#: SIGHUP is sent when the terminal closes; Windows has none.
SIGNALS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))


class Interrupts:
    """The signals received so far, and the callback for the first one."""

    def __init__(self) -> None:
        self.listener: Callable[[], object] | None = None
        self.first: float | None = None
        #: The first signal's number: a stopped service exits differently from an interrupted command.
        self.number = 0
        #: Written if the process ends in the middle of something (``cli/pipelines.py``).
        self.last_words = b""

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """The first signal ends the work, so that its report is shown; one after SAME_S ends the process."""
        now = time.monotonic()
        if self.first is None and self.listener is not None:
            self.first, self.number = now, number
            self.listener()
        elif self.first is None or now - self.first > SAME_S:
            leave()


def leave() -> None:
    """Exit immediately, without waiting for any thread."""
    try:  # noqa: SIM105 - contextlib is too much to import here
        os.write(2, STATE.last_words + b"mailproof: interrupted\n")
    except OSError:  # the terminal closed, or standard error is closed
        pass
    os._exit(CODE)


STATE = Interrupts()


def guard() -> None:
    """Install handlers: from now on a signal ends the process with one line."""
    for number in _wanted():
        signal.signal(number, STATE.handle)


def _wanted() -> tuple[signal.Signals, ...]:
    """The signals to handle; not SIGHUP if it is ignored already, as by nohup."""
    return tuple(
        each for each in SIGNALS if each.name != "SIGHUP" or signal.getsignal(each) != signal.SIG_IGN
    )


class Listening:
    """A context in which the first signal calls ``listener``. Has no effect outside the main thread."""

    def __init__(self, listener: Callable[[], object]) -> None:
        self._listener = listener
        self._before: list[tuple[signal.Signals, Callable[..., object] | int | None]] = []

    def __enter__(self) -> None:
        try:
            self._before = [(number, signal.signal(number, STATE.handle)) for number in _wanted()]
        except ValueError:  # not the main thread
            return
        STATE.listener, STATE.first = self._listener, None

    def __exit__(self, *_: object) -> None:
        STATE.listener = None
        for number, handler in self._before:
            signal.signal(number, handler)
