"""An earlier run's results: read completely or left untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproof.bulk.journal import Journal
from mailproof.bulk.orders import DomainOrders
from mailproof.bulk.run import DomainPool, Run, Watcher
from mailproof.bulk.targets import Target

ROWS = b"".join(
    b'{"domain":"%b.example","line":1,"verdict":"pass","complete":%b}\n' % each
    for each in ((b"a", b"true"), (b"b", b"false"), (b"c", b"true"), (b"d", b"false"), (b"e", b"false"))
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "out.jsonl").write_bytes(ROWS)
    journal = Journal(tmp_path / "out.jsonl", resume=True)
    yield journal
    journal.close()


@pytest.fixture
def pool() -> Iterator[DomainPool]:
    """One idle worker."""
    pool = DomainPool(1, DomainOrders(), ("-c", "import sys; sys.stdin.read()"))
    yield pool
    pool.close()


def test_what_is_not_tried_again_is_written_as_it_was(journal: Journal, pool: DomainPool) -> None:
    """The unknown one in the middle was already retried; those at the end are no longer in the list."""
    run = Run(pool, journal.append, Watcher(), journal)
    run.over([Target(1, "b.example")])
    assert journal.path.read_bytes() == ROWS
    assert (run.tally.domains, run.tally.earlier) == (5, 3)


def test_domains_that_the_list_repeats_are_counted_though_they_are_done(
    journal: Journal, pool: DomainPool
) -> None:
    run = Run(pool, journal.append, Watcher(), journal)
    run.over([Target(1, "a.example"), Target(2, "c.example"), Target(3, "a.example")])
    assert (run.tally.repeated, run.tally.earlier) == (1, 3)


def test_ctrl_c_while_they_are_read_changes_nothing(journal: Journal, pool: DomainPool) -> None:
    run = Run(pool, journal.append, Watcher(), journal)
    run.interrupted = True
    run.over([Target(1, "d.example")])
    assert journal.path.read_bytes() == ROWS
    assert run.tally.domains == 0


def test_ctrl_c_while_the_list_is_read_ends_it(journal: Journal, pool: DomainPool) -> None:
    passed = []

    def targets() -> Iterator[Target]:
        for number in range(1000):
            passed.append(number)
            run.interrupted = number == 1
            yield Target(number, "a.example")  # done by an earlier run

    run = Run(pool, journal.append, Watcher(), journal)
    run.over(targets())
    assert passed == [0, 1]
    assert journal.path.read_bytes() == ROWS
