"""The retry of unknown domains: when it happens, and what is written."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mailproof.bulk.orders import DomainOrders
from mailproof.bulk.run import DomainPool, Run, Watcher
from mailproof.bulk.targets import Target
from mailproof.model.bulk import SlowServers as Slow

#: A worker process for which a.example stays unknown the first time, and dead.example always.
WORKER = """
import json, sys
sys.stdin.readline()
for line in sys.stdin:
    target = json.loads(line)
    name, again = target["domain"], target["again"] > 0
    complete = again if name == "a.example" else name != "dead.example"
    row = {"domain": name, "line": 1, "verdict": "pass", "complete": complete, "sentence": str(again),
           "elapsed_ms": 2000}
    print(json.dumps({"line": target["line"], "row": row}), flush=True)
"""
LIST = ("a.example", "dead.example", "b.example", "c.example")


@pytest.fixture
def pool() -> Iterator[DomainPool]:
    pool = DomainPool(1, DomainOrders(at_once=1), ("-c", WORKER))
    yield pool
    pool.close()


class Rows(list[str]):
    """The written domains, with a mark on those from the retry. ``last`` ends the run."""

    def __init__(self, pool: DomainPool, last: str = "") -> None:
        self._last = last
        self.run = Run(pool, self.write, Watcher())

    def write(self, row: bytes) -> None:
        found = json.loads(row)
        name = found["domain"].partition(".")[0]
        self.append(f"{name} again" if found["sentence"] == "True" else name)
        self.run.interrupted = name == self._last

    def of(self, names: tuple[str, ...] = LIST) -> list[str]:
        self.run.over(Target(line, name) for line, name in enumerate(names, 1))
        return self


def test_it_comes_when_the_list_has_ended(pool: DomainPool) -> None:
    assert Rows(pool).of() == ["b", "c", "a again", "dead again"]


@pytest.mark.parametrize(("name", "value"), [("AGAIN_S", 0.0), ("MOST_WAITING", 0)])
def test_it_comes_while_the_list_goes_on(
    pool: DomainPool, name: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while, or if too many are waiting. Domains that stay unknown are written last."""
    monkeypatch.setattr(f"mailproof.bulk.run.{name}", value)
    assert Rows(pool).of() == ["a again", "b", "c", "dead again"]


def test_a_run_that_is_interrupted_writes_what_still_waits(pool: DomainPool) -> None:
    assert Rows(pool, last="b").of() == ["b", "a", "dead"]


def test_a_run_that_is_interrupted_in_the_other_try_keeps_the_first(pool: DomainPool) -> None:
    assert Rows(pool, last="a").of() == ["b", "c", "a again", "dead"]


def test_a_domain_that_was_slow_twice_is_one_domain(pool: DomainPool) -> None:
    """a.example is slow once: its row of the other try is complete."""
    rows = Rows(pool)
    rows.of()
    assert rows.run.tally.slowest == (Slow("dead.example", 1, 4.0), Slow("a.example", 1, 2.0))
