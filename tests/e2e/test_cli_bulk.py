"""mailproof bulk: each domain once, whatever happens."""

from __future__ import annotations

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
from typing import Any

import pytest

from tests.support.cli import mailproof

ZONE = """$TTL 3600
$ORIGIN example.
@ SOA ns1.example. host.example. 1 7200 3600 1209600 300
@ NS ns1
ns1 A 192.0.2.53
good TXT "v=spf1 ip4:192.0.2.0/24 -all"
good MX 10 mx.good
mx.good A 192.0.2.25
_dmarc.good TXT "v=DMARC1; p=reject; rua=mailto:d@good.example"
s1._domainkey.good TXT "v=DKIM1; p="
bad TXT "v=spf1 +all"
bad MX 10 mx.good
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("z.zone").write_text(ZONE)
    Path("list.txt").write_text("good.example\nbad.example\nnone.example\ngood.example\na b\n")
    return tmp_path


OFFLINE = ("--zone", "z.zone", "--offline", "--workers", "1")


def rows(path: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_a_line_a_domain_and_a_summary() -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--summary", "s.json")
    found = {each["domain"]: each for each in rows()}
    assert sorted(found) == ["bad.example", "good.example", "none.example"]
    good, bad = found["good.example"], found["bad.example"]
    assert (good["dmarc_policy"], good["spf_all"], good["line"]) == ("reject", "-all", 1)
    assert (bad["verdict"], bad["spf_all"]) == ("fail", "+all")
    assert {"rule", "severity", "subject", "message"} == set(bad["findings"][0])
    assert found["none.example"]["exists"] is False
    assert "list.txt" not in run.err
    assert "line 5: a b: " in run.err
    summary = json.loads(Path("s.json").read_text())
    assert (summary["domains"], summary["unreadable"], summary["repeated"]) == (3, 1, 1)
    assert dict(summary["dmarc_policies"]) == {"reject": 1}
    assert "3 domains checked" in run.out


def test_what_is_in_no_zone_was_not_asked_and_is_no_fault_of_a_name_server() -> None:
    Path("list.txt").write_text("good.example\nother.test\n")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--summary", "s.json")
    other = next(each for each in rows() if each["domain"] == "other.test")
    assert (other["queries"], other["failed"], other["complete"], run.code) == (0, 0, False, 3)
    assert other["unasked"]
    summary = json.loads(Path("s.json").read_text())
    assert (summary["not_asked"], summary["silent"], summary["silent_name_servers"]) == (1, 0, [])
    assert "1 not known in full: not in the zones or the recording given, and not queried" in run.out
    assert "did not answer" not in run.out
    assert "have no answer" not in run.out


def test_what_was_not_asked_is_not_tried_again() -> None:
    """Zones and recordings do not change: these rows are written when they are done, and stay."""
    Path("list.txt").write_text("other.test\ngood.example\nanother.test\n")
    run = ("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q", "--at-once", "1")
    mailproof(*run)
    assert [each["domain"] for each in rows()] == ["other.test", "good.example", "another.test"]
    before = Path("out.jsonl").read_bytes()
    assert mailproof(*run, "--resume").code == 3
    assert Path("out.jsonl").read_bytes() == before


def test_the_summary_names_slow_and_silent_name_servers(silent: str) -> None:
    live = ("--nameserver", silent, "--timeout", "8", "--workers", "1")
    Path("list.txt").write_text("a.example\nb.example\n")
    for ending in ("json", "html"):
        run = mailproof("bulk", "list.txt", "-o", f"{ending}.jsonl", *live, "--summary", f"s.{ending}")
        assert "Name servers that did not answer: 2" in run.out
        assert "Slowest name servers" in run.out
    summary = json.loads(Path("s.json").read_text())
    assert summary["silent"] == len(summary["silent_name_servers"]) == 2
    assert {each["name"] for each in summary["slowest_name_servers"]} == {"a.example", "b.example"}
    assert all(each["seconds"] >= 1 for each in summary["slowest_name_servers"])
    assert "<caption>Slowest name servers</caption>" in Path("s.html").read_text()
    assert "<caption>Name servers that did not answer: 2</caption>" in Path("s.html").read_text()


@pytest.mark.parametrize("detail", ["findings", "full"])
def test_more_detail(detail: str) -> None:
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--detail", detail, "-q")
    row = next(each for each in rows() if each["domain"] == "bad.example")
    assert any(finding["fix"] or finding["location"] for finding in row["findings"])
    assert ("report" in row) == (detail == "full")
    if detail == "full":
        assert row["report"]["subject"] == "bad.example"


def test_csv_has_one_line_a_domain_and_no_formulas() -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.csv", *OFFLINE, "-q")
    assert run.out == ""
    head, *lines = Path("out.csv").read_text().splitlines()
    assert head.startswith("domain,line,verdict,grade,")
    assert len(lines) == 3
    assert any("'+all" in line for line in lines)
    assert not Path("out.csv.partial.jsonl").exists()


def test_parquet_can_be_queried() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow: mailproof[parquet]")
    mailproof("bulk", "list.txt", "-o", "out.parquet", *OFFLINE, "-q")
    table = parquet.read_table("out.parquet").to_pylist()
    bad = next(each for each in table if each["domain"] == "bad.example")
    assert bad["errors"] == sum(each["severity"] == "error" for each in bad["findings"])
    assert bad["checked"].tzinfo is not None


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_line_of_the_summary_is_one_line(columns: int) -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, columns=columns)
    assert max(map(len, run.out.splitlines())) <= columns
    assert re.search(r"^  SPF +2 +100\.0% (█+|#+)$", run.out, re.MULTILINE)


def test_lines_on_standard_output() -> None:
    run = mailproof("bulk", "list.txt", *OFFLINE)
    assert len(run.out.splitlines()) == 3
    assert all(json.loads(line)["domain"] for line in run.out.splitlines())
    assert "3 domains checked" in run.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.txt",), "none.txt: No such file"),
        ((".",), "Is a directory"),
        (("list.txt", "-o", "out.xlsx"), ".jsonl, .csv or .parquet"),
        (("list.txt", "-o", "no/out.jsonl"), "existing folder"),
        (("list.txt", "--resume"), "give -o FILE"),
        (("list.txt", "-o", "out.csv", "--detail", "full"), "needs a .jsonl file"),
        (("list.txt", "--summary", "s.doc"), ".txt, .json or .html"),
        (("list.txt", "--select", "XYZ1"), "XYZ1"),
        (("list.txt", "--workers", "0"), "--workers"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], words: str) -> None:
    run = mailproof("bulk", *arguments, *(OFFLINE[:3]))
    assert run.code == 2
    assert words in run.err
    assert run.err.count("\n") == 1


def test_a_rate_that_no_domain_can_be_done_with_is_refused(silent: str) -> None:
    live = ("--nameserver", silent, "-q", "--workers", "4")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *live, "--rate", "10")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "each of 4 processes sends 75 queries in the 30 s" in run.err
    assert run.err.endswith("use --rate 12, or --workers 1\n")
    assert not Path("out.jsonl").exists()


@pytest.mark.parametrize("connect", [(), ("--connect",)])
@pytest.mark.parametrize("given", [("1",), ("0.9", "--timeout", "7"), ("0.001",), ("11", "--workers", "1")])
def test_what_the_error_suggests_is_taken(
    given: tuple[str, ...], connect: tuple[str, ...], silent: str
) -> None:
    Path("list.txt").write_text("")
    live = ("bulk", "list.txt", "--nameserver", silent, "-q", "--timeout", "5", "--workers", "4", *connect)
    error = mailproof(*live, "--rate", *given).err.strip()
    ways = error.rpartition(": use ")[2].split(", or ")
    assert len(ways) == (1 if given == ("0.001",) else 2)
    for way in ways:
        assert mailproof(*live, "--rate", *given, *way.split()).code == 0


def test_a_list_without_a_domain_is_wrong_usage() -> None:
    Path("list.txt").write_text("a b\n..\n")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    assert run.code == 2
    assert run.err.splitlines()[-1] == "mailproof: list.txt: no line of it names a domain"


def test_a_run_is_not_overwritten_and_goes_on() -> None:
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    before = Path("out.jsonl").read_bytes()
    refused = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    assert (refused.code, Path("out.jsonl").read_bytes()) == (2, before)
    whole = before.splitlines(keepends=True)
    Path("out.jsonl").write_bytes(whole[0] + whole[1][:-40])  # as kill -9 may leave it
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q", "--resume")
    assert Counter(each["domain"] for each in rows()) == Counter(json.loads(line)["domain"] for line in whole)
    assert Path("out.jsonl").read_bytes().startswith(whole[0])


def test_another_file_is_left_as_it_is() -> None:
    Path("notes.jsonl").write_text("my notes\nof today")
    run = mailproof("bulk", "list.txt", "-o", "notes.jsonl", *OFFLINE, "--resume")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "notes.jsonl: line 1 is no result: is it another file?" in run.err
    assert Path("notes.jsonl").read_text() == "my notes\nof today"


@pytest.mark.parametrize("rate", [(), ("--rate", "5000")])
def test_worker_processes_are_replaced(rate: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What they remember goes with them; each domain is there once all the same."""
    monkeypatch.setattr("mailproof.bulk.pool.RETIRE", 3)
    names = [f"d{each}.example" for each in range(7)]
    Path("list.txt").write_text("\n".join(names))
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q", *rate)
    assert run.err == ""
    assert Counter(each["domain"] for each in rows()) == Counter(names)


def started(silent: str, *more: str, **options: Any) -> subprocess.Popen[str]:
    arguments = ("bulk", "many.txt", "-o", "out.jsonl", "--nameserver", silent, "--timeout", "1.5", *more)
    return subprocess.Popen(
        [sys.executable, "-m", "mailproof", *arguments, "--workers", "2", "--at-once", "10"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def many(number: int) -> Counter[str]:
    names = [f"d{each}.example" for each in range(number)]
    Path("many.txt").write_text("\n".join(names))
    return Counter(names)


def workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in children.read_text().split()]


def runs(pid: int) -> bool:
    """Whether it does; one that ended may stay a zombie, where nobody takes the parent's place."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_workers(run: subprocess.Popen[str]) -> list[int]:
    for _ in range(200):
        found = workers_of(run.pid)
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no workers")


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
    except OSError:  # how the other end of a terminal says that it is closed
        pass
    finally:
        os.close(master)
    assert run.wait(60) == 3
    assert re.search(rb"auditing: [1-9]\d? done, [\d.]+/s, \d+ s left, [1-9]\d? unknown", shown)
    assert re.search(rb"slowest: d\d+\.example \d\.\d s", shown) or columns == 80
    assert "(…".encode() not in shown  # cut off once, not twice


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
    """All of them at once too: there is no other left that could go on."""
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
    assert "--resume goes on" in err
    assert len(rows()) >= 3
    run = started(silent, "--resume")
    run.communicate(timeout=60)
    assert run.returncode == 3
    assert Counter(each["domain"] for each in rows() if each["domain"][0] == "d") == names


def test_what_stayed_unknown_is_tried_once_more(silent: str) -> None:
    """After the end too: each domain stays in the results once, the unknown ones last."""
    Path("list.txt").write_text("good.example\nbad.example\nnone.example\n")
    live = ("--nameserver", silent, "--timeout", "1", "--workers", "1", "-q")
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *live)
    assert [each["complete"] for each in rows()] == [False] * 3
    before = Path("out.jsonl").read_bytes()
    Path("list.txt").write_text("good.example\nmore.example\nnone.example\n")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--resume", "--summary", "s.json")
    assert [(each["domain"], each["complete"]) for each in rows()] == [
        ("more.example", True),
        ("good.example", True),
        ("none.example", True),
        ("bad.example", False),  # not in the list any more
    ]
    assert before.splitlines()[1] == Path("out.jsonl").read_bytes().splitlines()[3]
    summary = json.loads(Path("s.json").read_text())
    assert (run.code, summary["domains"], summary["complete"], summary["repeated"]) == (3, 4, 3, 0)


def test_what_stays_unknown_again_is_there_once(silent: str) -> None:
    many(3)
    before: set[str] = set()
    for _ in range(3):
        started(silent, "--resume").communicate(timeout=60)
        assert sorted(each["domain"] for each in rows()) == ["d0.example", "d1.example", "d2.example"]
        checked = {each["checked"] for each in rows()}
        assert not checked & before  # and it was tried
        before = checked


def test_unknown_rows_between_others_had_their_other_try(silent: str) -> None:
    """As an earlier version may have left them: they stay where they are."""
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
    _, err = run.communicate(timeout=60)  # until the workers have ended too
    assert err == ""
    for _ in range(300):
        if not any(map(runs, workers)):
            break
        time.sleep(0.1)
    assert not any(map(runs, workers))
    started(silent, "--resume").communicate(timeout=60)
    assert Counter(each["domain"] for each in rows()) == names


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
    run.send_signal(signal.SIGINT)  # and no more of the list comes
    assert run.wait(60) == 130
    run.communicate()


def test_a_reader_that_goes_away_ends_it() -> None:
    command = f"{sys.executable} -m mailproof bulk list.txt {' '.join(OFFLINE)} --summary s.json"
    run = subprocess.run(
        f"({command}; echo code $? >&2) | head -c 10", shell=True, capture_output=True, text=True, check=False
    )
    assert run.stderr.splitlines()[1:] == ["code 0"]  # the first is about the list's line 5
    assert json.loads(Path("s.json").read_text())["unfinished"]
