"""The laboratory changes nothing outside, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import world
from tests.lab.lab import REPOSITORY, Lab


def test_nothing_shows_outside(lab: Lab) -> None:
    assert not Path("/run/lab").exists()
    assert not Path("/run/netns/client").exists()
    assert not Path("/sys/class/net/lab").exists()
    assert world.RESOLVER.ip not in Path("/etc/resolv.conf").read_text()


def test_a_second_laboratory_runs_beside_and_ends_whole(lab: Lab) -> None:
    second = Lab.start()
    try:
        namespace = os.readlink(f"/proc/{second.process.pid}/ns/mnt")
        assert namespace != os.readlink(f"/proc/{lab.process.pid}/ns/mnt")
        assert len(_inside(namespace)) > 20
    finally:
        second.stop()
    assert _inside(namespace) == ()
    done = lab.run_in_client(("dig", "+short", "healthy.test", "MX"))
    assert done.stdout.strip() == "10 mx.inbox.test."


def test_it_ends_with_the_tests_even_if_they_are_killed(lab: Lab) -> None:
    code = (
        "import sys, time\nfrom tests.lab.lab import Lab\n"
        "print(Lab.start().process.pid, flush=True)\ntime.sleep(60)\n"
    )
    tests = subprocess.Popen(
        (sys.executable, "-c", code),
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
    )
    assert tests.stdout is not None
    namespace = os.readlink(f"/proc/{int(tests.stdout.readline())}/ns/mnt")
    assert _inside(namespace)
    os.kill(tests.pid, signal.SIGKILL)
    tests.communicate()
    deadline = time.monotonic() + 60
    while _inside(namespace) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _inside(namespace) == ()


def _inside(namespace: str) -> tuple[str, ...]:
    """Processes in a mount namespace; any that end meanwhile are ignored."""
    found = []
    for path in Path("/proc").glob("[0-9]*/ns/mnt"):
        try:
            if os.readlink(path) == namespace:
                found.append(path.parts[2])
        except OSError:
            continue
    return tuple(found)
