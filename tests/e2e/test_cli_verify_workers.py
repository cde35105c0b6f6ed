"""mailproof verify in worker processes: the same results in the same order, even if processes crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailproof.bulk.mailbox import MessageOrders
from mailproof.bulk.orders import Source
from mailproof.render.json import encoded
from tests.e2e.test_cli_many_messages import FROM, OFFLINE, folder, mbox, message
from tests.support.bulk import wait_for_workers
from tests.support.cli import mailproof

__all__ = ["folder"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes are used from the third message on."""
    monkeypatch.setattr("mailproof.cli.many_messages.FEW_IN_ONE", 2)


def lines(path: Path) -> list[object]:
    """The results in a file, without values that vary between runs."""
    found = [json.loads(line) for line in path.read_text().splitlines()]
    for each in found:
        for name in ("elapsed_ms", "elapsed_s", "started"):
            each.pop(name, None)
    return found


@pytest.mark.parametrize("table", ["--table", "--no-table"])
def test_the_results_are_those_of_one_process(folder: Path, few: None, table: str) -> None:
    mbox(folder / "m.mbox", 9, frozenset((3,)))
    with (folder / "m.mbox").open("ab") as file:
        file.write(FROM + b"\0 no header\n\n" + FROM + message(11, domain="gone.example"))
    accepted = ('rule = "AUTH010"', 'rule = "AUTH014"\nexpires = 2026-01-01')
    (folder / "mailproof.toml").write_text(
        "".join(f'[[ignore]]\n{each}\nreason = "known"\n' for each in accepted)
    )
    runs = [
        mailproof("verify", "m.mbox", *OFFLINE, table, "-f", "jsonl", "-o", f"{n}.jsonl", "--workers", str(n))
        for n in (1, 3)
    ]
    assert (runs[0].code, runs[0].err) == (runs[1].code, runs[1].err)
    assert "AUTH014" in runs[1].err  # which no longer counts
    assert len(lines(folder / "3.jsonl")) == (11 if table == "--table" else 10)
    assert lines(folder / "1.jsonl") == lines(folder / "3.jsonl")


def test_a_configuration_through_a_pipe_is_read_once(folder: Path, few: None) -> None:
    mbox(folder / "m.mbox", 4)
    out, into = os.pipe()
    os.write(into, b'[[ignore]]\nrule = "AUTH012"\nreason = "known"\n')
    os.close(into)
    run = mailproof("verify", "m.mbox", *OFFLINE, "-f", "jsonl", "--table", "--config", f"/dev/fd/{out}")
    os.close(out)
    assert (run.code, run.err) == (0, "")
    assert [json.loads(line)["verdict"] for line in run.out.splitlines()] == ["pass"] * 4


def test_what_a_terminal_shows_is_the_same(folder: Path, few: None) -> None:
    mbox(folder / "m.mbox", 9, frozenset((3,)))
    runs = [mailproof("verify", "m.mbox", *OFFLINE, "--table", "--workers", str(n)) for n in (1, 3)]
    assert runs[0] == runs[1]
    assert runs[1].code == 1
    warned = mailproof("verify", "m.mbox", *OFFLINE, "--table", "--fail-on", "never", "--workers", "3")
    assert warned.code == 0


def test_the_options_reach_the_processes(folder: Path, few: None) -> None:
    mbox(folder / "m.mbox", 4)
    options = ("--ip", "203.0.113.9", "--mail-from", "x@acme.example", "--at", "2026-11-02T00:00:00Z")
    mailproof("verify", "m.mbox", *OFFLINE, "--table", "-q", *options, "-o", "r.jsonl", "--workers", "2")
    assert {json.loads(line)["spf"] for line in (folder / "r.jsonl").read_text().splitlines()} == {"fail"}


def test_a_file_name_that_is_no_text(folder: Path, few: None) -> None:
    (folder / "box").mkdir()
    for name in (b"a.eml", b"b.eml", b"\xff.eml"):
        (folder / "box" / os.fsdecode(name)).write_bytes(message(1))
    runs = [mailproof("verify", "box", *OFFLINE, "--table", "--workers", str(n)) for n in (1, 2)]
    assert runs[0] == runs[1]
    assert "3 messages verified" in runs[1].out


def started(silent: str) -> subprocess.Popen[str]:
    """A run with more messages than one process handles at once with live name servers."""
    command = ("verify", "m.mbox", "--nameserver", silent, "--timeout", "1", "--table", "-o", "r.jsonl")
    return subprocess.Popen(
        [sys.executable, "-m", "mailproof", *command, "-q", "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def numbers(path: Path) -> list[int]:
    found = [json.loads(line)["source"] for line in path.read_text().splitlines()]
    return [int(source.rpartition(" ")[2]) for source in found]


def test_what_a_dead_process_had_in_hand_is_done_by_another(folder: Path, silent: str) -> None:
    mbox(folder / "m.mbox", 24)
    run = started(silent)
    worker = wait_for_workers(run)[0]
    time.sleep(0.7)
    os.kill(worker, signal.SIGKILL)
    run.communicate(timeout=60)
    assert numbers(folder / "r.jsonl") == list(range(1, 25))


def test_interrupted_it_keeps_what_is_done(folder: Path, silent: str) -> None:
    mbox(folder / "m.mbox", 200)
    run = started(silent)
    while run.poll() is None and not ((folder / "r.jsonl").exists() and numbers(folder / "r.jsonl")):
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    done = numbers(folder / "r.jsonl")
    assert 0 < len(done) < 200
    assert done == list(range(1, len(done) + 1))
    assert f"{200 - len(done)} messages not verified" in err


def test_what_the_processes_cannot_do_is_one_line(folder: Path, few: None) -> None:
    mbox(folder / "m.mbox", 4)
    (folder / "bad.zone").write_text("a b c")
    run = mailproof("verify", "m.mbox", "--zone", "bad.zone", "--offline", "--table", "--workers", "2")
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert "bad.zone:1" in run.err


READ_AGAIN = """
import os, sys
from pathlib import Path
from mailproof.bulk.mailbox import Message, MessageOrders
from mailproof.cli.worker import serve
from mailproof.cli.zones import GivenZones

def begin(orders, session, pace):
    os.remove(orders.source.zones[0])
    print(len(GivenZones(tuple(map(Path, orders.source.zones))).files()), flush=True)

sys.exit(serve(MessageOrders, Message, begin))
"""


def test_a_worker_reads_each_zone_once(folder: Path) -> None:
    orders = MessageOrders(source=Source(zones=("acme.zone",), offline=True))
    command = [sys.executable, "-c", READ_AGAIN]
    run = subprocess.run(command, input=encoded(orders) + b"\n", capture_output=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"1\nready\n", b"")
