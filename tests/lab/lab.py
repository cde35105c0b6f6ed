"""The tests' interface to the laboratory: start, run a command in the client host, read files, stop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab import forks, packages
from tests.lab.packages import LabUnavailable

REPOSITORY = Path(__file__).resolve().parents[2]
_UNSHARE = (
    *("unshare", "--mount", "--net", "--pid", "--uts", "--ipc"),
    *("--fork", "--kill-child", "--mount-proc", "--propagation", "private"),
)
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # inside: only the laboratory's authority


@dataclass(slots=True)
class Lab:
    """A running laboratory."""

    process: subprocess.Popen[bytes]
    seconds: float
    """What the start took."""
    _forks: subprocess.Popen[str] | None = None

    @classmethod
    def start(cls) -> Lab:
        """Install missing packages, start every server, and return when all answer.

        Raises LabUnavailable if this machine cannot run it, RuntimeError if a server fails.
        """
        packages.ensure()
        probe = subprocess.run((*_UNSHARE, "true"), capture_output=True, text=True, check=False)
        if probe.returncode:
            raise LabUnavailable(f"no namespaces here: {probe.stderr.strip()}")
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            (*_UNSHARE, sys.executable, "-m", "tests.lab.launcher"),
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal is for pytest, which then closes stdin
        )
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        if not line:
            error = process.stderr.read().decode(errors="replace")
            process.wait()
            raise RuntimeError(f"the laboratory did not start:\n{error}")
        return cls(process, float(json.loads(line)["seconds"]))

    def import_once(self) -> None:
        """Run Python commands in the client host as forks of a process with all imports from now on."""
        self._forks = self.popen((sys.executable, "-m", "tests.lab.forks"))
        assert self._forks.stdout is not None
        if not self._forks.stdout.readline():
            raise RuntimeError(self._forks.communicate()[1])

    def stop(self) -> None:
        """End the launcher, and with it everything in its namespaces."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(5)
        if self._forks:
            self._forks.communicate()

    def run_in_client(
        self,
        argv: Sequence[str],
        *,
        host: str = "client",
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | str = REPOSITORY,
        timeout: float = 60.0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside a host (by default the client) and return its result."""
        if self._forks and host == "client" and argv[0] in ("mailproof", sys.executable):
            environment = {**_environment(), **(env or {})}
            path = self.path(forks.SOCKET)
            done = forks.run(path, argv, stdin=stdin, env=environment, cwd=str(cwd), timeout=timeout)
            return subprocess.CompletedProcess(list(argv), *done)
        process = self.popen(argv, host=host, env=env, cwd=cwd)
        try:
            out, err = process.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return subprocess.CompletedProcess(list(argv), process.returncode, out, err)

    def popen(
        self,
        argv: Sequence[str],
        *,
        host: str = "client",
        env: Mapping[str, str] | None = None,
        cwd: Path | str = REPOSITORY,
    ) -> subprocess.Popen[str]:
        """Start a command inside a host, with pipes, for tests that talk to it or interrupt it."""
        pid = self.process.pid
        inside = (
            shutil.which("nsenter") or "/usr/bin/nsenter",
            f"--mount=/proc/{pid}/ns/mnt",
            f"--uts=/proc/{pid}/ns/uts",
            f"--ipc=/proc/{pid}/ns/ipc",
            f"--pid=/proc/{pid}/ns/pid_for_children",
            f"--net=/proc/{pid}/root/run/netns/{host}",
            # Entering the mount namespace loses the working directory.
            *("--", "/bin/sh", "-c", 'cd "$0" && exec "$@"', str(cwd)),
        )
        return subprocess.Popen(
            (*inside, *argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**_environment(), **(env or {})},
        )

    def python(self, *argv: str, stdin: str = "", timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run this test environment's Python inside the client host."""
        return self.run_in_client((sys.executable, *argv), stdin=stdin, timeout=timeout)

    def path(self, inside: Path | str) -> Path:
        """The path outside the laboratory of a path inside it."""
        return Path(f"/proc/{self.process.pid}/root", str(inside).lstrip("/"))

    def log(self, name: str) -> str:
        """The contents of a log: `syslog` (milters), `postfix-receiver.log`, `dovecot.log`, `named.out` …"""
        return self.path(f"/run/lab/log/{name}").read_text(errors="replace")


def _environment() -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/run/lab",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "SSL_CERT_FILE": CA_BUNDLE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(REPOSITORY),
    }
