"""What remembers the domains of a list: as a set does, in a fraction of its memory."""

from __future__ import annotations

import random
from contextlib import closing
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
        for key, row in ((1, b"a"), (2, b"b"), (1, b"longer"), (3, b"c")):
            held.put(key, row)
        held.drop(2)
        assert (list(held), len(held), 2 in held) == ([(1, b"longer"), (3, b"c")], 2, False)
        held.clear()
        held.put(4, b"d")
        assert list(held) == [(4, b"d")]
