"""A compact set of domain keys: 16 to 32 octets each, instead of 80 in Python's set."""

from __future__ import annotations

from array import array

_SMALLEST = 1 << 12


class Keys:
    """A grow-only set of 64-bit integers: a hash table with linear probing."""

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return self._table[self._place(key)] == (key or 1)

    def add(self, key: int) -> bool:
        """Add a key; False if it was present."""
        key = key or 1  # 0 marks an empty slot
        place = self._place(key)
        if self._table[place]:
            return False
        self._table[place] = key
        self._count += 1
        if 2 * self._count > len(self._table):
            old, self._table = self._table, array("Q", bytes(16 * len(self._table)))
            for each in filter(None, old):
                self._table[self._place(each)] = each
        return True

    def _place(self, key: int) -> int:
        """The slot that holds the key, or the empty one to put it in."""
        key, table = key or 1, self._table
        end = len(table) - 1
        place = key & end
        while table[place] not in (0, key):
            place = (place + 1) & end
        return place
