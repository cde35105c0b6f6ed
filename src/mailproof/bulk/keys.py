"""Which domains were there: 16 to 32 octets each, where a set of Python's takes 80."""

from __future__ import annotations

from array import array

_SMALLEST = 1 << 12


class Keys:
    """A set of numbers of 64 bits that only grows: a table with gaps, searched from the place of a key on."""

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return self._table[self._place(key)] == (key or 1)

    def add(self, key: int) -> bool:
        """Add a key; False where it was there already."""
        key = key or 1  # 0 is a gap
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
        """Where it is, or the gap where it would be."""
        key, table = key or 1, self._table
        end = len(table) - 1
        place = key & end
        while table[place] not in (0, key):
            place = (place + 1) & end
        return place
