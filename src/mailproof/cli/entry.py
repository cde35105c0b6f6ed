"""The process ``mailproof``: guards against Ctrl-C from the first import on, and exits without waiting."""

from __future__ import annotations

# Until our own handler is installed, Ctrl-C ends the process without a traceback. (`signal` itself takes
# milliseconds to import; the module it wraps is built in.)
import _signal  # type: ignore[import-not-found] # built in, and without stubs

_signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os  # noqa: E402 - after the signal
import sys  # noqa: E402 - after the signal

from mailproof.cli import interrupts  # noqa: E402 - after the signal

#: The fewest open files with which we can work.
MIN_FILES = 12

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without importing typing
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line as the process. Does not return."""
    interrupts.guard()
    _require_files()
    import mailproof.cli.quick  # noqa: F401 - before anything of dnspython
    from mailproof.cli.app import main as run

    for stream in (sys.stdout, sys.stderr):
        # Escape characters that the terminal cannot show, in the help too.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code: object = 0
    try:
        run(arguments)
    except SystemExit as end:
        code = end.code
    _leave(code if isinstance(code, int) else 0 if code is None else 1)


def _require_files() -> None:
    """Exit with one line if the limit on open files is too low even for imports."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if least != resource.RLIM_INFINITY and least < MIN_FILES:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (MIN_FILES, most))
        except (OSError, ValueError):
            os.write(
                2, b"mailproof: limit of %d open files: at least %d needed (ulimit -n)\n" % (least, MIN_FILES)
            )
            os._exit(2)


def _leave(code: int) -> None:
    """Exit as Python does, but leave freeing memory to the system.

    Python would free every object and clear every module: a quarter of the CPU time of an audit.
    """
    import atexit
    import signal
    import threading

    # The exit code is final: no signal may change it any more.
    for number in interrupts.SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    # A thread may still be blocked (in the system's resolver, up to a minute); its result is not needed.
    if _flushed() and threading.active_count() == 1:
        atexit._run_exitfuncs()
        _flushed()
    os._exit(code)


def _flushed() -> bool:
    """Flush the streams; returns whether that worked. Python would retry, and exit with its own code 120."""
    unwritten = False
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            unwritten = True
    return not unwritten
