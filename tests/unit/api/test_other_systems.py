"""On systems without all of Unix, every module can be imported, and a line names what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: Removes what Windows lacks, after the standard library was imported.
_WITHOUT_UNIX = """
import asyncio, importlib, multiprocessing, os, pkgutil, signal, socket, subprocess, sys, tempfile
GONE = {
    os: ("fork", "geteuid", "getuid", "getegid", "getgid", "setuid", "mkfifo", "getpgid", "killpg", "uname",
         "sysconf", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "chown", "getloadavg"),
    socket: ("SO_REUSEPORT", "MSG_DONTWAIT", "SCM_RIGHTS"),
    signal: ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE", "alarm", "pause"),
    asyncio: ("open_unix_connection", "start_unix_server"),
}
for module, names in GONE.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for name in ("fcntl", "pwd", "grp", "termios", "tty", "pty", "resource", "syslog", "crypt", "spwd"):
    sys.modules[name] = None
"""
_IMPORT_ALL = """
import mailproof
found = [each.name for each in pkgutil.walk_packages(mailproof.__path__, "mailproof.")]
for name in found:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(found))
"""
_LIVE = """
from mailproof.dns import LiveResolver
from mailproof.errors import UsageError
sys.platform = "win32"
try:
    LiveResolver(("127.0.0.1",))
except UsageError as error:
    print(error)
"""
_UNIX_SOCKET = """
from pathlib import Path
from mailproof.facts.filters_connect import AskFailed, connection
async def ask():
    try:
        async with connection("", 0, path=Path("/run/spamd.sock")):
            pass
    except AskFailed as failed:
        print(failed.code, failed)
asyncio.run(ask())
"""


def _run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_can_be_imported() -> None:
    here = Path(__file__).parents[3] / "src" / "mailproof"
    assert int(_run(_WITHOUT_UNIX + _IMPORT_ALL)) > len(list(here.glob("checks/**/*.py")))


def test_the_modules_taken_away_are_missed() -> None:
    with pytest.raises(AssertionError, match="fcntl"):
        _run(_WITHOUT_UNIX + "import fcntl")


@pytest.mark.parametrize(
    ("program", "words"),
    [(_LIVE, "live DNS needs Linux, macOS"), (_UNIX_SOCKET, "unreachable the socket /run/spamd.sock cannot")],
    ids=["live DNS", "a filter's socket"],
)
def test_what_is_missing_is_said_in_a_line(program: str, words: str) -> None:
    said = _run(_WITHOUT_UNIX + program)
    assert said.startswith(words)
    assert "\n" not in said
