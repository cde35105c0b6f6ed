"""Runs Python commands in the client host as forks of a process with all of mailproof imported, to save time.

It runs in the client host. To run a command, connect to ``SOCKET``, send one line of JSON (``argv``,
``env``, ``cwd``) with the three streams, and read the exit code. A client that disconnects ends its command.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SOCKET = "/run/lab/forks"
#: Not used by the laboratory's commands, and slow to import.
_LEFT_OUT = ("mailproof.bulk", "mailproof.integrations")


def run(
    path: Path, argv: Sequence[str], *, stdin: str, env: Mapping[str, str], cwd: str, timeout: float
) -> tuple[int, str, str]:
    """Exit code and streams of ``mailproof …``, ``python -m …`` or ``python -c …``. ``path``: the socket."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as server,
    ):
        given.write(stdin.encode())
        given.seek(0)
        server.settimeout(timeout)
        server.connect(str(path))
        task = json.dumps({"argv": list(argv), "env": dict(env), "cwd": cwd})
        socket.send_fds(server, [b"\0"], [stream.fileno() for stream in (given, out, err)])
        server.sendall(task.encode() + b"\n")
        code = server.makefile().readline()
        assert code, "no exit code"
        return int(code), _read(out), _read(err)


def _read(stream: Any) -> str:
    stream.seek(0)
    with io.TextIOWrapper(stream, encoding="utf-8") as text:
        return text.read()


def main() -> None:
    """Import everything, print a line when done, and fork for each connection."""
    import mailproof.cli.quick  # before dnspython

    for module in pkgutil.walk_packages(mailproof.__path__, "mailproof."):
        if not module.name.endswith("__main__") and not module.name.startswith(_LEFT_OUT):
            importlib.import_module(module.name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # reaps the serving children
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(SOCKET)
        server.listen()
        print("ready", flush=True)
        while True:
            asker, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _serve(asker)
                os._exit(0)
            asker.close()


def _serve(asker: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(asker, 1, 3)
    task = json.loads(asker.makefile().readline())
    pid = os.fork()
    if pid == 0:
        asker.close()
        _become(task, streams)
    ended = os.pidfd_open(pid)
    ready, _, _ = select.select([asker.fileno(), ended], (), ())
    if ended not in ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    asker.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _become(task: dict[str, Any], streams: list[int]) -> None:
    """Run the command in this process, and exit with its code."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(task["env"])
    os.chdir(task["cwd"])
    code = 0
    try:
        _command(task["argv"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001 - the fork must end here, with a traceback as any process
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _command(argv: list[str]) -> None:
    if argv[0] == "mailproof":
        from mailproof.cli.entry import main as mailproof

        sys.argv = argv
        mailproof(argv[1:])
    if argv[1] == "-c":
        sys.argv = argv[1:2]
        exec(compile(argv[2], "<string>", "exec"), {"__name__": "__main__"})
        return
    sys.argv = argv[2:]
    runpy.run_module(argv[2], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
