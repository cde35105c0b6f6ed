"""Sets of IP addresses as intervals: the union, difference and intersection of ranges."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import chain

from msgspec import Struct

from mailproof.records.networks import KEPT, parse_network
from mailproof.records.remember import remembered

#: Half-open intervals of integers, sorted, neither touching nor overlapping. IPv4 addresses are offset by
#: 2**32, IPv6 by 2**128: each CIDR range begins at a multiple of its size, and the families never overlap.
Intervals = tuple[tuple[int, int], ...]
_FOUR, _SIX = 1 << 32, 1 << 128


class AddressSet(Struct, frozen=True):
    """Any set of IPv4 and IPv6 addresses. Equal sets compare equal, however they were written."""

    intervals: Intervals = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> AddressSet:
        """The addresses of ranges in CIDR form; invalid ranges are skipped."""
        return cls.union(map(_range, networks))

    @classmethod
    def union(cls, sets: Iterable[AddressSet]) -> AddressSet:
        parts = [each.intervals for each in sets if each.intervals]
        return cls(_merged(chain.from_iterable(parts)) if len(parts) > 1 else parts[0]) if parts else NOTHING

    @property
    def counts(self) -> tuple[int, int]:
        """How many IPv4 and IPv6 addresses it holds."""
        four = sum([high - low for low, high in self.intervals if low < _SIX])
        return four, sum([high - low for low, high in self.intervals]) - four

    @property
    def networks(self) -> tuple[str, ...]:
        """The smallest list of CIDR ranges that covers exactly these addresses: IPv4 first, ascending."""
        found: list[str] = []
        for low, high in self.intervals:
            while low < high:
                size = min(low & -low, 1 << (high - low).bit_length() - 1)
                found.append(_written(low, size))
                low += size
        return tuple(found)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet.union((self, other))

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(_minus(self.intervals, other.intervals))

    def __and__(self, other: AddressSet) -> AddressSet:
        return self - (self - other)

    def __le__(self, other: AddressSet) -> bool:
        return not self - other


@remembered(KEPT)
def _range(text: str) -> AddressSet:
    network = parse_network(text)
    if network is None:
        return NOTHING
    low = int(network.network_address) + (1 << network.max_prefixlen)
    return AddressSet(((low, low + network.num_addresses),))


NOTHING = AddressSet()
EVERYTHING = AddressSet(((_FOUR, 2 * _FOUR), (_SIX, 2 * _SIX)))


def _merged(intervals: Iterable[tuple[int, int]]) -> Intervals:
    out: list[tuple[int, int]] = []
    for low, high in sorted(intervals):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def _minus(one: Intervals, other: Intervals) -> Intervals:
    out: list[tuple[int, int]] = []
    at = 0
    for low, high in one:
        while at < len(other) and other[at][1] <= low:
            at += 1
        cut = at
        while low < high and cut < len(other) and other[cut][0] < high:
            if low < other[cut][0]:
                out.append((low, other[cut][0]))
            low = max(low, other[cut][1])
            cut += 1
        if low < high:
            out.append((low, high))
    return tuple(out)


@lru_cache(KEPT)  # twenty times faster than creating and formatting an ipaddress network
def _written(low: int, size: int) -> str:
    """A range in CIDR form."""
    if low < _SIX:
        return f"{'.'.join(map(str, (low - _FOUR).to_bytes(4, 'big')))}/{33 - size.bit_length()}"
    return f"{IPv6Address(low - _SIX)}/{129 - size.bit_length()}"
