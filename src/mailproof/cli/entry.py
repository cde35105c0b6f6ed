"""The process ``mailproof``: Ctrl-C guarded from the first import on, and no thread waited for at the end."""

from __future__ import annotations

# Until our own handler is there, Ctrl-C ends the process without a traceback. (`signal` itself takes
# milliseconds to import; what it wraps is built in.)
import _signal  # type: ignore[import-not-found]

_signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os  # noqa: E402
import sys  # noqa: E402

from mailproof.cli import interrupts  # noqa: E402

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without importing typing
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line as a process of its own. Does not return."""
    interrupts.guard()
    from mailproof.cli.app import main as run

    code: object = 0
    try:
        run(arguments)
    except SystemExit as end:
        code = end.code
    _leave(code if isinstance(code, int) else 0 if code is None else 1)


def _leave(code: int) -> None:
    import contextlib
    import signal
    import threading

    # The exit code stands. Ending takes Python a while, in which it would know no handler of ours.
    for number in interrupts.SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if threading.active_count() > 1:
        # A thread still waits (for the system's resolver, it may be for a minute): nobody needs its answer.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)
