"""mailproof bulk --cluster: a real scheduler and three workers, some of which are killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Run, mailproof

pytest.importorskip("distributed", reason="needs Dask: mailproof[cluster]")
parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow: mailproof[cluster]")

ZONE = """$TTL 3600
$ORIGIN example.
@ SOA ns1.example. host.example. 1 7200 3600 1209600 300
@ NS ns1
ns1 A 192.0.2.53
good TXT "v=spf1 ip4:192.0.2.0/24 -all"
bad TXT "v=spf1 +all"
"""
#: Turns off its self-profiling, which takes a quarter of the time of these processes.
UNWATCHED = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}
DASK = "import sys; from distributed.cli import dask_{0}; sys.exit(dask_{0}.main())"


class Cluster:
    """A scheduler and its workers: processes on loopback."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.file = folder / "scheduler.json"
        self.scheduler = self._started(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", self.file
        )
        self.address: str = until(self._address)
        self.workers = [self._worker() for _ in range(workers)]

    def _worker(self, before: str = "") -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return self._started("worker", self.address, *options, before=before)

    def _started(self, what: str, *arguments: str | Path, before: str = "") -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", before + DASK.format(what), *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.file.parent,
            env={**os.environ, **UNWATCHED},
        )

    def _address(self) -> str | None:
        try:
            return str(json.loads(self.file.read_text())["address"])
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        for each in (*self.workers, self.scheduler):
            each.kill()
            each.wait()


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    """Poll ``found`` until it returns something, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("dask"), 3)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("z.zone").write_text(ZONE)
    Path("list.txt").write_text("good.example\nbad.example\nnone.example\ngood.example\na b\n")
    return tmp_path


def bulk(address: str, *more: str) -> Run:
    zone = ("--zone", "z.zone", "--offline")
    return mailproof("bulk", "list.txt", "-o", "out", "--cluster", address, "--batch", "2", *zone, *more)


def started(address: str, silent: str, *more: str, alone: bool = False) -> subprocess.Popen[str]:
    Path("many.txt").write_text("\n".join(NAMES))
    dns = ("--nameserver", silent, "--timeout", "0.5")
    arguments = ("bulk", "many.txt", "-o", "out", "--cluster", address, "--batch", "2", *dns, *more)
    return subprocess.Popen(
        [sys.executable, "-m", "mailproof", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=alone,
    )


NAMES = [f"d{each}.example" for each in range(10)]


def parts() -> list[Path]:
    return sorted(Path("out").glob("*.parquet"))


def domains() -> list[str]:
    return [row["domain"] for part in parts() for row in parquet.read_table(part).to_pylist()]


def test_the_configuration_found_here_is_that_of_all_workers(cluster: Cluster) -> None:
    """They run in another folder."""
    Path("mailproof.toml").write_text('[selectors]\n"good.example" = ["s9"]\n')
    bulk(cluster.address)
    findings = [
        each for part in parts() for row in parquet.read_table(part).to_pylist() for each in row["findings"]
    ]
    assert [each["subject"] for each in findings if "s9._domainkey" in each["message"]] == ["good.example"]


def test_parts_by_batch_and_a_summary(cluster: Cluster) -> None:
    run = bulk(cluster.address, "--summary", "s.json")
    assert sorted(domains()) == ["bad.example", "good.example", "none.example"]
    assert [re.sub("-[0-9a-f]{16}", "", each.name) for each in parts()] == [
        "part-0000000.parquet",
        "part-0000001.parquet",
    ]
    assert "line 5: a b: " in run.err
    assert "3 domains checked" in run.out
    summary = json.loads(Path("s.json").read_text())
    assert (summary["domains"], summary["unreadable"], summary["repeated"]) == (3, 1, 1)
    before = {each: each.stat().st_mtime_ns for each in parts()}
    refused = bulk(cluster.address)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "use --resume to continue" in refused.err
    parts()[1].unlink()
    again = bulk(cluster.address, "--resume", "--summary", "t.json")
    assert again.code == run.code
    assert [each.name for each in parts()] == sorted(each.name for each in before)
    assert parts()[0].stat().st_mtime_ns == before[parts()[0]]
    assert json.loads(Path("t.json").read_text())["verdicts"] == summary["verdicts"]


def test_more_detail_is_json_lines(cluster: Cluster) -> None:
    bulk(cluster.address, "--detail", "findings", "-q")
    rows = [
        json.loads(line) for each in Path("out").glob("*.jsonl") for line in each.read_text().splitlines()
    ]
    assert sorted(row["domain"] for row in rows) == ["bad.example", "good.example", "none.example"]
    Path("list.txt").write_text("good.example\nother.example\n")
    run = bulk(cluster.address, "--detail", "findings", "--resume")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "another list" in run.err


@pytest.mark.once
def test_a_worker_that_is_killed_loses_and_doubles_nothing(cluster: Cluster, silent: str) -> None:
    run = started(cluster.address, silent)
    until(parts)
    cluster.workers[0].kill()
    _, err = run.communicate(timeout=100)
    assert (run.returncode, err.count("Traceback")) == (3, 0)
    assert sorted(domains()) == sorted(NAMES)


@pytest.mark.once
def test_a_client_that_is_killed_is_gone_on_with(cluster: Cluster, silent: str) -> None:
    run = started(cluster.address, silent)
    until(parts)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    before = {each: each.stat().st_mtime_ns for each in parts()}
    (Path("out") / ".part-0000005-0123456789abcdef.parquet.tmp").write_text("as a kill may leave it")
    again = started(cluster.address, silent, "--resume")
    _, err = again.communicate(timeout=100)
    assert (again.returncode, "Traceback" in err) == (3, False)
    assert sorted(domains()) == sorted(NAMES)
    assert {each: each.stat().st_mtime_ns for each in before} == before
    assert not [name for name in os.listdir("out") if name.startswith(".")]


def test_a_rate_that_is_too_low_for_its_threads(cluster: Cluster, silent: str) -> None:
    """Otherwise all domains would run out of time, with no results for any."""
    Path("list.txt").write_text("good.example\n")
    live = ("--nameserver", silent, "--timeout", "5", "-q", "-o", "slow")
    run = mailproof("bulk", "list.txt", "--cluster", cluster.address, *live, "--rate", "1")
    assert (run.code, run.err.count("\n")) == (2, 1)
    found = re.search(r"too low for the (\d) threads of the cluster: use --rate (\d+)", run.err)
    assert found is not None
    assert int(found[2]) == 18 * int(found[1])  # 90 queries in 5 s each


def test_another_version_of_mailproof(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailproof.bulk.cluster.__version__", "0.0.1")
    run = bulk(cluster.address)
    assert (run.code, run.out) == (2, "")
    assert "the scheduler has mailproof " in run.err
    assert "and you have 0.0.1: install mailproof[cluster] in the same version everywhere" in run.err


def test_another_version_of_dask(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributed.versions._version_cached", lambda _: "1.0")
    run = bulk(cluster.address)
    assert (run.code, run.err.count("\n"), run.out) == (2, 1, "")
    assert "and you have Python" in run.err
    assert "distributed 1.0: install the same everywhere" in run.err


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "no scheduler"),
        ("tcp://x y:z", "no scheduler"),
        ("http://127.0.0.1:1", "give tcp://HOST:PORT"),
        ("nonsense", "give tcp://HOST:PORT"),
    ],
)
def test_no_scheduler(address: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailproof.bulk.cluster.CONNECT_S", 0.5)
    run = bulk(address)
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert f"--cluster {address}: {words}" in run.err


@pytest.mark.parametrize(
    ("output", "words"),
    [((), "give -o FOLDER"), (("-o", "list.txt"), "a folder"), (("-o", "no/out"), "no does not exist")],
)
def test_no_folder(output: tuple[str, ...], words: str) -> None:
    run = mailproof("bulk", "list.txt", "--cluster", "local", *output)
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert words in run.err


def test_a_folder_with_other_files_is_left_alone() -> None:
    Path("out").mkdir()
    Path("out/notes.txt").write_text("mine")
    run = bulk("local", "--resume")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "has other files (notes.txt)" in run.err


@pytest.mark.once
def test_no_workers_and_a_scheduler_that_goes(silent: str, tmp_path: Path) -> None:
    own = Cluster(tmp_path, 0)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mailproof.bulk.cluster.WORKERS_S", 0.5)
            run = bulk(own.address)
        assert (run.code, run.err.count("\n")) == (2, 1)
        assert "it has no workers: start dask worker" in run.err
        own.workers.append(own._worker("import sys; sys.modules['mailproof'] = None; "))
        run = bulk(own.address)
        assert (run.code, run.err.count("\n")) == (2, 1)
        assert "has no mailproof, and you have " in run.err
        own.workers[0].kill()
        own.workers.append(own._worker())
        client = started(own.address, silent)
        until(parts)
        own.scheduler.kill()
        _, err = client.communicate(timeout=100)
        assert (client.returncode, err.count("\n")) == (2, 1), err
        assert "the scheduler is gone: finished parts are kept; --resume continues" in err
    finally:
        own.close()


def test_ctrl_c_at_a_terminal_is_one_line(silent: str) -> None:
    """The terminal sends it to the worker processes of the local cluster too."""
    run = started("local", silent, "--workers", "1", alone=True)
    until(parts)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=100)
    assert (run.returncode, err) == (
        130,
        "mailproof: interrupted: the same command with --resume continues\n",
    )


def test_a_run_on_this_machine_imports_no_dask() -> None:
    program = (
        "import sys\nfrom mailproof.cli.app import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('dask', 'distributed', 'pyarrow') if m in sys.modules], file=sys.stderr)\n"
    )
    arguments = (
        "bulk",
        "list.txt",
        "-o",
        "out.jsonl",
        "--zone",
        "z.zone",
        "--offline",
        "--workers",
        "1",
        "-q",
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert run.stderr.splitlines()[-1] == "[]"
