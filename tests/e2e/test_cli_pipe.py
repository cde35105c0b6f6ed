"""``| head``: if the reader closes the pipe, the run ends at once, silently."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

NAMES = [f"d{each}.example" for each in range(300)]
LABELS = [b"%cd%d\x07example" % (len(f"d{each}"), each) for each in range(300)]  # as a question has them


@pytest.fixture
def asked() -> Iterator[tuple[str, set[bytes]]]:
    """A name server that answers NXDOMAIN to everything, and the domains it was asked for."""
    found: set[bytes] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    packet, client = server.recvfrom(4096)
                except TimeoutError:
                    continue
                server.sendto(packet[:2] + b"\x81\x83" + packet[4:], client)
                found.update(name for name in LABELS if name in packet)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", found
        ended.set()
        thread.join()


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_audit_stops_when_no_one_reads_it(form: str, asked: tuple[str, set[bytes]]) -> None:
    server, names = asked
    options = f"--nameserver {server} --no-connect -f {form}"
    run = subprocess.run(
        f"({sys.executable} -m mailproof audit {' '.join(NAMES)} {options}; echo code $? >&2) | head -c 10",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr.splitlines() == ["code 1"]
    assert 0 < len(names) < len(NAMES)


def test_what_is_written_too_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("z.zone").write_text("$ORIGIN example.\n@ 60 SOA ns1 host 1 2 3 4 5\n@ 60 NS ns1\n")
    command = f"{sys.executable} -m mailproof audit {' '.join(NAMES)} --zone z.zone --offline"
    subprocess.run(
        f"{command} --baseline b.toml --update-baseline | head -c 10",
        shell=True,
        capture_output=True,
        check=False,
    )
    assert all(name in Path("b.toml").read_text() for name in NAMES)


@pytest.mark.parametrize("given", ["--help", "audit --help", "key --help", "--version", "rules"])
def test_help_that_no_one_reads(given: str) -> None:
    command = f"{sys.executable} -m mailproof {given}"
    script = f"({command}; echo $? >&2) | true; ({command}; echo $? >&2) >&-"
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert run.stderr.splitlines() == ["0", "mailproof: standard output is closed: cannot show anything", "2"]
