"""mailproof bulk: each domain once, whatever happens to its processes, lists and files."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from mailproof.dns import ZoneResolver
from tests.support.bulk import OFFLINE, ZONE, folder, many, rows, runs, started, wait_for_workers
from tests.support.cli import mailproof
from tests.support.dnsserver import Asked, DnsServer, Reply
from tests.support.process import started_at_a_terminal

__all__ = ["folder"]


def test_nothing_of_the_working_folder_is_run(folder: Path) -> None:
    """It may be another's: an unpacked archive of mail, say."""
    for name in ("json", "msgspec", "mailproof"):
        (folder / f"{name}.py").write_text(f"open({str(folder / 'run')!r}, 'w')\n")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    assert (run.code, len(rows()), (folder / "run").exists()) == (0, 3, False)


@pytest.mark.parametrize("columns", [80, 120])
def test_progress_on_a_terminal(columns: int, silent: str) -> None:
    many(30)
    master, terminal = os.openpty()
    command = ("bulk", "many.txt", "-o", "out.jsonl", "--nameserver", silent, "--timeout", "1.5")
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    run = subprocess.Popen(
        [sys.executable, "-m", "mailproof", *command, "--workers", "1", "--at-once", "10"],
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env=environment,
    )
    os.close(terminal)
    shown = b""
    try:
        while octets := os.read(master, 4096):
            shown += octets
    except OSError:  # raised if the other end of a terminal is closed
        pass
    finally:
        os.close(master)
    assert run.wait(60) == 3
    assert re.search(rb"auditing: [1-9]\d? done, [\d.]+/s, \d+ s left, [1-9]\d? unknown", shown)
    assert re.search(rb"slowest: d\d+\.example \d\.\d s", shown) or columns == 80
    assert "(…".encode() not in shown  # truncated once, not twice


def test_a_dumb_terminal_shows_no_progress_and_no_empty_lines() -> None:
    command = ("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE)
    with started_at_a_terminal(*command, environment={"TERM": "dumb"}) as (process, terminal):
        process.communicate(timeout=60)
        shown = os.read(terminal, 4096).decode()
    assert shown.startswith("line 5: a b: ")
    assert shown.count("\n") == 1


def test_what_a_dead_worker_had_in_hand_is_done_by_another(silent: str) -> None:
    names = many(20)
    run = started(silent)
    worker = wait_for_workers(run)[0]
    time.sleep(0.7)
    os.kill(worker, signal.SIGKILL)
    run.communicate(timeout=60)
    assert Counter(each["domain"] for each in rows()) == names
    assert all(each["verdict"] == "unknown" for each in rows())


def test_each_worker_that_dies_is_replaced(silent: str) -> None:
    """Even if all die at once, so that no worker is left."""
    names = many(6)
    run = started(silent)
    workers = wait_for_workers(run)
    time.sleep(0.7)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    run.communicate(timeout=60)
    assert Counter(each["domain"] for each in rows()) == names


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--nameserver", "x!"), "'x!' is not an IP address"), (("--replay", "z.zone"), "not a recording")],
)
def test_what_the_workers_cannot_do_is_one_line(options: tuple[str, ...], words: str) -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", "-q", "--workers", "3", *options)
    assert (run.code, words in run.err) == (2, True)
    assert run.err.count("\n") == 2  # the first is about the list's line 5


def test_interrupted_it_keeps_what_is_done_and_goes_on(silent: str) -> None:
    names = many(8)
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    run = started(silent, "--resume")
    wait_for_workers(run)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "--resume continues" in err
    assert len(rows()) >= 3
    run = started(silent, "--resume")
    run.communicate(timeout=60)
    assert run.returncode == 3
    assert Counter(each["domain"] for each in rows() if each["domain"][0] == "d") == names


def test_what_stayed_unknown_is_tried_once_more(silent: str) -> None:
    """Also after the end: each domain stays in the results once, the unknown ones last."""
    Path("list.txt").write_text("good.example\nbad.example\nnone.example\n")
    live = ("--nameserver", silent, "--timeout", "1", "--workers", "1", "-q")
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *live)
    assert [each["complete"] for each in rows()] == [False] * 3
    before = Path("out.jsonl").read_bytes()
    Path("list.txt").write_text("good.example\nmore.example\nnone.example\n")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--resume", "--summary", "s.json")
    *again, last = [(each["domain"], each["complete"]) for each in rows()]
    assert sorted(again) == [("good.example", True), ("more.example", True), ("none.example", True)]
    assert last == ("bad.example", False)  # no longer in the list
    assert before.splitlines()[1] == Path("out.jsonl").read_bytes().splitlines()[3]
    summary = json.loads(Path("s.json").read_text())
    assert (run.code, summary["domains"], summary["complete"], summary["repeated"]) == (3, 4, 3, 0)


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_the_other_try_asks_anew(workers: str) -> None:
    """The server has recovered by then: failures cached in the first attempt must not be reused."""
    zones = ZoneResolver.from_text(ZONE, "example.", strict=True)
    up = False

    def answer(asked: Asked) -> Reply:
        nonlocal up
        up = up or asked.name.endswith("bad.example")
        if asked.name.endswith("good.example") and not up:
            return asked.reply(rcode=2)
        found = zones.known(asked.name, asked.rrtype)
        lines = [f"{asked.name}. 300 {asked.rrtype} {each.to_text()}" for each in found.records]
        return asked.reply(*lines, rcode=3 if found.status == "nxdomain" else 0)

    def run(nameserver: str) -> None:
        Path("list.txt").write_text("good.example\nbad.example\n")
        options = ("--nameserver", nameserver, "--workers", workers, "--at-once", "1", "-q")
        mailproof("bulk", "list.txt", "-o", "out.jsonl", *options)

    async with DnsServer(answer) as server:
        await asyncio.to_thread(run, server.address)
    assert {each["domain"]: each["failed"] for each in rows()} == {"good.example": 0, "bad.example": 0}


def test_what_stays_unknown_again_is_there_once(silent: str) -> None:
    many(3)
    before: set[str] = set()
    for _ in range(3):
        started(silent, "--resume").communicate(timeout=60)
        assert sorted(each["domain"] for each in rows()) == ["d0.example", "d1.example", "d2.example"]
        checked = {each["checked"] for each in rows()}
        assert not checked & before  # and it was retried
        before = checked


def test_unknown_rows_between_others_had_their_other_try(silent: str) -> None:
    """As left by an earlier version: they keep their place."""
    Path("list.txt").write_text("bad.example\n")
    mailproof("bulk", "list.txt", "-o", "out.jsonl", "--nameserver", silent, "--timeout", "1", "-q")
    Path("list.txt").write_text("good.example\n")
    mailproof("bulk", "list.txt", "-o", "good.jsonl", *OFFLINE, "-q")
    before = Path("out.jsonl").read_bytes() + Path("good.jsonl").read_bytes()
    Path("out.jsonl").write_bytes(before)
    Path("list.txt").write_text("bad.example\ngood.example\nnone.example\n")
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q", "--resume")
    assert Path("out.jsonl").read_bytes().startswith(before)
    assert [each["domain"] for each in rows()] == ["bad.example", "good.example", "none.example"]


def test_a_list_that_cannot_be_read_costs_no_results(silent: str) -> None:
    many(2)
    started(silent).communicate(timeout=60)
    before = Path("out.jsonl").read_bytes()
    run = mailproof("bulk", "list.txt", "--column", "nope", "-o", "out.jsonl", *OFFLINE, "--resume")
    assert (run.code, Path("out.jsonl").read_bytes()) == (2, before)


def test_killed_nothing_is_left_running_and_the_next_run_has_each_once(silent: str) -> None:
    names = many(8)
    run = started(silent)
    workers = wait_for_workers(run)
    time.sleep(0.5)
    run.kill()
    _, err = run.communicate(timeout=60)  # until the workers have exited too
    assert err == ""
    for _ in range(300):
        if not any(map(runs, workers)):
            break
        time.sleep(0.1)
    assert not any(map(runs, workers))
    started(silent, "--resume").communicate(timeout=60)
    assert Counter(each["domain"] for each in rows()) == names


def test_what_ctrl_c_left_of_a_table_is_not_left_for_ever() -> None:
    Path(".out.csv.tmp").write_text("half of a table")
    mailproof("bulk", "list.txt", "-o", "out.csv", *OFFLINE, "-q")
    assert len(Path("out.csv").read_text().splitlines()) == 4
    assert not Path(".out.csv.tmp").exists()


def test_a_full_disk_keeps_what_is_done() -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    run = subprocess.run(
        [sys.executable, "-m", "mailproof", "bulk", "list.txt", "-o", "out.jsonl", *OFFLINE],
        capture_output=True,
        text=True,
        preexec_fn=limited,
        check=False,
    )
    assert run.returncode == 2
    assert "the results so far are kept" in run.stderr
    assert "Traceback" not in run.stderr
    assert len(rows()) in (1, 2)


def test_a_list_that_takes_its_time_holds_up_neither_results_nor_ctrl_c() -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "mailproof", "bulk", "-", *OFFLINE, "-q"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdin is not None
    assert run.stdout is not None
    run.stdin.write("good.example\nbad.exam")
    run.stdin.flush()
    assert json.loads(run.stdout.readline())["domain"] == "good.example"
    run.send_signal(signal.SIGINT)  # and no more names are read
    assert run.wait(60) == 130
    run.communicate()


def test_a_reader_that_goes_away_ends_it() -> None:
    command = f"{sys.executable} -m mailproof bulk list.txt {' '.join(OFFLINE)} --summary s.json"
    run = subprocess.run(
        f"({command}; echo code $? >&2) | :", shell=True, capture_output=True, text=True, check=False
    )
    assert run.stderr.splitlines()[1:] == ["code 0"]  # the first is about the list's line 5
    assert json.loads(Path("s.json").read_text())["unfinished"]
