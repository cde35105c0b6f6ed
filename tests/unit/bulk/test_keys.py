"""The set of a list's domains: behaves as a set, in a fraction of its memory."""

from __future__ import annotations

import random
import tracemalloc
from contextlib import closing
from pathlib import Path
from sys import getsizeof

import pytest

from mailproof.bulk.held import Held
from mailproof.bulk.keys import Keys
from mailproof.bulk.targets import key_of


@pytest.mark.parametrize("bits", [64, 14], ids=["as they are", "crowded"])
def test_it_is_a_set(bits: int) -> None:
    chance, keys, known = random.Random(1), Keys(), set()
    for _ in range(20_000):
        key = chance.getrandbits(bits) or 1
        assert (key in keys) == (key in known)
        assert keys.add(key) == (key not in known)
        known.add(key)
    assert len(keys) == len(known)
    assert all(key in keys for key in known)


def test_the_key_that_marks_a_gap_is_a_key_too() -> None:
    keys = Keys()
    assert 0 not in keys
    assert keys.add(0)
    assert 0 in keys
    assert not keys.add(0)


def test_octets_a_name() -> None:
    keys = Keys()
    for number in range(100_000):
        keys.add(key_of(f"d{number}.example"))
    assert getsizeof(keys._table) <= 33 * len(keys)


def test_rows_that_are_held() -> None:
    with closing(Held()) as held:
        for key, row in ((2**63, b"a"), (10, b"b"), (3, b"c")):
            held.wait(key, row)
        held.settle(10, None)
        held.settle(2**63, b"longer")
        assert (list(held.rows()), len(held), 3 in held, 4 in held) == ([b"c", b"longer"], 2, True, False)


def test_held_rows_can_be_forgotten() -> None:
    with closing(Held(Path("/nowhere"))) as held:  # a folder in which no file can be created
        held.wait(1, b"a longer row")
        assert list(held.rows()) == [b"a longer row"]
        held.clear()
        held.wait(4, b"d")
        assert (list(held.rows()), len(held), 1 in held) == ([b"d"], 1, False)


def test_memory_of_rows_that_are_held() -> None:
    """In a dictionary, each would take hundreds of octets; the rows themselves are on disk."""
    row = b"x" * 2_000
    with closing(Held()) as held:
        tracemalloc.start()
        for key in range(1, 10_001):
            held.wait(key, row)
            held.settle(key, row)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert used <= 70 * 10_000
