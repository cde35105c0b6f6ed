"""One collected pytest session, forked for each mutant."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import select
import signal
import sys
import time
from collections import defaultdict
from dataclasses import dataclass

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.apply import Functions
from tests.mutation.mutants import SOURCE, Mutant
from tests.mutation.recorded import recorded

Fate = tuple[Mutant, str, str]
MEMORY = 6 << 30


@dataclass(frozen=True)
class Test:
    item: pytest.Item
    seconds: float
    blocks: int


class Forks:
    """A pytest plugin that runs the mutants instead of the tests."""

    def __init__(self, chosen: list[Mutant], workers: int, seconds: float, within: float) -> None:
        self.chosen, self.workers, self.seconds, self.within = chosen, workers, seconds, within
        self.fates: list[Fate] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.functions = Functions()
        self.tests = _tests(session)
        with contextlib.suppress(ImportError):
            from hypothesis import HealthCheck, settings

            settings.register_profile(
                "mutants",
                database=None,
                derandomize=True,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            settings.load_profile("mutants")
        gc.collect()
        gc.freeze()
        self._all()
        self._doubt()
        return True

    def _all(self) -> None:
        waiting, running = list(reversed(self.chosen)), dict[int, _Running]()
        begun, told = time.monotonic(), 0
        while waiting or running:
            if time.monotonic() - begun > self.within:
                waiting.clear()
            while waiting and len(running) < self.workers:
                mutant = waiting.pop()
                tests = self._selected(mutant)
                if not tests:
                    self.fates.append((mutant, "untested", ""))
                    continue
                one = _Running(mutant, *self._fork(mutant, tests), time.monotonic() + 10 + 5 * self.seconds)
                running[one.pipe] = one
            ready, _, _ = select.select(list(running), (), (), 0.5) if running else ([], [], [])
            for pipe in [
                *ready,
                *(p for p, one in running.items() if one.ends < time.monotonic() and p not in ready),
            ]:
                self.fates.append(_end(running.pop(pipe)))
            if len(self.fates) // 50 > told:
                told = len(self.fates) // 50
                took = time.monotonic() - begun
                sys.stderr.write(f"{len(self.fates)} of {len(self.chosen)} mutants in {took:.0f} s\n")

    def _selected(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that enter the block, the most specific first, within the time limit."""
        key = f"{mutant.file.relative_to(SOURCE)}:{mutant.block}"
        left, chosen = self.seconds, list[pytest.Item]()
        for test in sorted(self.tests[key], key=lambda test: test.seconds * (50 + test.blocks)):
            left -= test.seconds
            if left < 0 and chosen:
                break
            chosen.append(test.item)
        return chosen

    def _fork(self, mutant: Mutant | None, tests: list[pytest.Item]) -> tuple[int, int]:
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            return pid, read
        os.setsid()
        os.close(read)
        try:
            word = _child(self.functions, mutant, tests)
        except BaseException as error:  # noqa: BLE001 - also SystemExit: nothing may leave the fork
            word = f"killed\t{type(error).__name__} in the runner"
        os.write(write, word.encode(errors="replace")[:4000])
        os._exit(0)

    def _doubt(self) -> None:
        """Discard kills by tests that also fail without a mutant."""
        names = {item.nodeid: item for tests in self.tests.values() for item in (test.item for test in tests)}
        unstable = set()
        for name in sorted({why for _, fate, why in self.fates if fate == "killed" and why in names}):
            pid, pipe = self._fork(None, [names[name]])
            one = _Running(self.chosen[0], pid, pipe, time.monotonic() + 60)
            select.select([pipe], (), (), 60)
            if _end(one)[1] != "survived":
                unstable.add(name)
        if not unstable:
            return
        sys.stderr.write(f"fail without a mutant: {', '.join(sorted(unstable))}\n")
        for key, tests in self.tests.items():
            self.tests[key] = [test for test in tests if test.item.nodeid not in unstable]
        self.chosen = [mutant for mutant, _, why in self.fates if why in unstable]
        self.fates = [fate for fate in self.fates if fate[2] not in unstable]
        self._all()
        self._doubt()


@dataclass(frozen=True)
class _Running:
    mutant: Mutant
    pid: int
    pipe: int
    ends: float


def _child(functions: Functions, mutant: Mutant | None, tests: list[pytest.Item]) -> str:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if mutant is not None:
        try:
            if not functions.put(mutant):
                return "impossible\t"
        except (SyntaxError, ValueError):
            return "impossible\t"
    for item, after in zip(tests, [*tests[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
            return f"killed\t{item.nodeid}"
    return "survived\t"


def _end(one: _Running) -> Fate:
    """The mutant's fate; kills any process it left running."""
    ready, _, _ = select.select([one.pipe], (), (), 0)
    word = os.read(one.pipe, 5000).decode(errors="replace") if ready else "timeout\t"
    os.close(one.pipe)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(one.pid, signal.SIGKILL)
    os.waitpid(one.pid, 0)
    fate, _, why = word.partition("\t")
    return one.mutant, fate or "killed", why if fate else "the process died"


def _tests(session: pytest.Session) -> dict[str, list[Test]]:
    """The collected tests, by the blocks they enter."""
    items = {item.nodeid: item for item in session.items}
    found: dict[str, list[Test]] = defaultdict(list)
    for each in recorded():
        if each.name in items:
            test = Test(items[each.name], each.seconds + each.of_others, len(each.blocks))
            for block in each.blocks:
                found[block].append(test)
    return found


def run(
    chosen: list[Mutant], *, workers: int, seconds: float, within: float, tests: tuple[str, ...]
) -> list[Fate]:
    """Collect the tests and run as many mutants as possible ``within`` this many seconds."""
    forks = Forks(chosen, workers, seconds, within)
    # -s: otherwise the forks would inherit pytest's capture files.
    quiet = ["-q", "-q", "-s", "--no-header", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
    pytest.main([*quiet, *tests], plugins=[forks])
    return forks.fates
