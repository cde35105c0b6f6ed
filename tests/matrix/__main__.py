"""The fast tests and the demo on every supported Python: ./run matrix [VERSION…|NAME…] [OPTION…].

Names: a version (3.12), a Debian release (bookworm, trixie, testing, sid), lowest or newest (dependencies).
Without one, everything available on this machine: the tests once per version, the demo on each release.
--full runs all tests wherever they can run, --recorded a few that together enter nearly all code that the
fast tests entered when last recorded (./run test -p tests.mutation.record). --demos runs the targets
without tests, --tests those with tests. --list shows the plan.
Unavailable targets are skipped, with the reason; a failure fails the run, and the end of its log is shown.
Nothing is left behind.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.matrix.few import few
from tests.matrix.job import FEW, SKIPPED
from tests.matrix.targets import OWN, RESOLUTION, ROOT, SUITES, Target, plan, supported, this_machine
from tests.mutation.recorded import recorded

LOG_LINES = 60
OPTIONS = {"--full", "--recorded", "--demos", "--tests", "--list"}
#: Runs in its own namespaces: mounts and processes end with the job.
ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


@dataclass(slots=True)
class Outcome:
    """The outcome of a target: a word, its job's output lines, and the path of its log."""

    target: Target
    word: str = "skipped"
    lines: list[str] = field(default_factory=list)
    log: Path | None = None

    @property
    def shown(self) -> str:
        """The table's line."""
        said = self.target.lacking or "; ".join(self.lines)
        return f"{self.target.name:<9} {self.word.upper() if self.word != 'passed' else self.word:<8} {said}"


class Jobs:
    """The running processes. Each leads a session, so that all its children can be killed."""

    def __init__(self, folder: Path, full: bool, few: str) -> None:
        self._folder, self._full, self._few = folder, full, few
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def run(self, target: Target) -> Outcome:
        """Run a target to completion."""
        outcome = Outcome(target)
        if target.lacking:
            report(target, f"SKIPPED: {target.lacking}")
            return outcome
        place = self._folder / target.name
        place.mkdir()
        outcome.log = self._folder / f"{target.name}.log"
        scope = ("full" if self._full else "tests") if target.tests else "demo"
        job = [sys.executable, "-m", "tests.matrix.job", target.kind, target.name, target.python, str(place)]
        alone = ALONE if target.kind == "debian" else ()
        code = self._watch(outcome, [*alone, *job, scope, self._few])
        outcome.word = {0: "passed", SKIPPED: "skipped"}.get(code, "failed")
        if not self._ended:
            report(target, outcome.word)
        shutil.rmtree(place, ignore_errors=True)
        return outcome

    def _watch(self, outcome: Outcome, command: list[str]) -> int:
        assert outcome.log is not None
        with outcome.log.open("w", encoding="utf-8") as log:
            with self._lock:
                if self._ended:
                    return SKIPPED
                process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,
                )
                self._running.add(process)
            assert process.stdout is not None
            for line in process.stdout:
                outcome.lines.append(line.strip())
                report(outcome.target, line.strip())
            code = process.wait()
        with self._lock:
            self._running.discard(process)
        return code

    def end(self) -> None:
        """Kill the running processes, and start no more."""
        with self._lock:
            self._ended = True
            for process in self._running:
                os.killpg(process.pid, signal.SIGKILL)


def report(target: Target, line: str) -> None:
    """Print a line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {target.name}: {line}", flush=True)


def main(arguments: list[str]) -> int:
    """Run the matrix; 0 if nothing failed and something ran."""
    options = {each for each in arguments if each.startswith("-")}
    wanted = tuple(each for each in arguments if not each.startswith("-"))
    known = {*supported(), *SUITES, *RESOLUTION}
    if options - OPTIONS or set(wanted) - known:
        sys.stderr.write(f"{__doc__}\nKnown here: {' '.join(sorted(known))}\n")
        return 2
    full = "--full" in options
    targets = plan(this_machine(), wanted, full=full)
    if only := options & {"--demos", "--tests"}:
        targets = tuple(each for each in targets if ("--tests" if each.tests else "--demos") in only)
    if "--list" in options:
        for target in targets:
            parts = ("tests" if target.tests else "", "demo" if target.kind != "dependencies" else "")
            what = target.lacking or " and ".join(filter(None, parts))
            print(f"{target.name:<9} {target.version:<5} {what}")
        return 0
    if subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, check=True).stdout:
        sys.stderr.write("matrix: what is not committed is not tested: a clone is\n")
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="mailproof-matrix-"))
    try:
        chosen = ""
        if "--recorded" in options:
            names = few(recorded())
            if not names:
                sys.stderr.write("matrix: nothing is recorded\n")
                return 2
            print(f"{len(names)} tests enter nearly all code that the fast tests enter")
            chosen = str(folder / FEW)
            Path(chosen).write_text("\n".join(names), "utf-8")
        outcomes = _run(targets, Jobs(folder, full, chosen))
        return _summary(outcomes, () if wanted or "--demos" in options else supported())
    except KeyboardInterrupt:
        sys.stderr.write("matrix: interrupted\n")
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(targets: tuple[Target, ...], jobs: Jobs) -> list[Outcome]:
    """One at a time for each processor: a row is one process."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        futures = [pool.submit(jobs.run, target) for target in targets]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        except KeyboardInterrupt:
            jobs.end()
            pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _tested(version: str, outcomes: list[Outcome]) -> str:
    """Which test runs passed for this version."""
    passed = [
        each.target.name
        for each in outcomes
        if each.word == "passed" and each.target.tests and each.target.version == version
    ]
    if passed:
        return f"tests passed ({', '.join(passed)})"
    return "its tests are ./run test" if version == OWN else "NOT TESTED"


def _summary(outcomes: list[Outcome], versions: tuple[str, ...]) -> int:
    for outcome in outcomes:
        if outcome.word != "passed" and outcome.log is not None:
            lines = outcome.log.read_text("utf-8", "replace").splitlines()
            print(f"\n---- the end of the log of {outcome.target.name}")
            print("\n".join(lines[-LOG_LINES:]))
    print("\nmatrix")
    for outcome in outcomes:
        print(f"  {outcome.shown}")
    for version in versions:
        print(f"Python {version}: {_tested(version, outcomes)}")
    count = {
        word: sum(outcome.word == word for outcome in outcomes) for word in ("passed", "failed", "skipped")
    }
    print(", ".join(f"{number} {word}" for word, number in count.items()))
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
