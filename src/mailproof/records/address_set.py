"""Sets of IP addresses as intervals: what several ranges hold together, and what one adds to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address

from msgspec import Struct

from mailproof.records.networks import KEPT, parse_network
from mailproof.records.remember import remembered

#: Half-open intervals of integers, sorted, neither touching nor overlapping.
Intervals = tuple[tuple[int, int], ...]


class AddressSet(Struct, frozen=True):
    """Any set of IPv4 and IPv6 addresses. Equal sets compare equal, however they were written."""

    four: Intervals = ()
    six: Intervals = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> AddressSet:
        """The addresses of ranges in CIDR form; what is none is left out."""
        return cls.union(map(_range, networks))

    @classmethod
    def union(cls, sets: Iterable[AddressSet]) -> AddressSet:
        """All of them together."""
        parts = [part for part in sets if part.four or part.six]
        if len(parts) < 2:
            return parts[0] if parts else NOTHING
        return cls(
            _merged(each for part in parts for each in part.four),
            _merged(each for part in parts for each in part.six),
        )

    @property
    def counts(self) -> tuple[int, int]:
        """How many IPv4 and IPv6 addresses it holds."""
        return sum(high - low for low, high in self.four), sum(high - low for low, high in self.six)

    @property
    def networks(self) -> tuple[str, ...]:
        """The fewest ranges that hold just these addresses, in CIDR form, IPv4 first, ascending."""
        four = (f"{_four(low)}/{prefix}" for low, prefix in _aligned(self.four, 32))
        six = (f"{_six(low)}/{prefix}" for low, prefix in _aligned(self.six, 128))
        return (*four, *six)

    def __bool__(self) -> bool:
        return bool(self.four or self.six)

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet.union((self, other)) if self and other else self or other

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(_minus(self.four, other.four), _minus(self.six, other.six)) if other else self

    def __and__(self, other: AddressSet) -> AddressSet:
        return self - (self - other)

    def __le__(self, other: AddressSet) -> bool:
        return not self - other


@remembered(KEPT)
def _range(text: str) -> AddressSet:
    network = parse_network(text)
    if network is None:
        return NOTHING
    low = int(network.network_address)
    part = ((low, low + network.num_addresses),)
    return AddressSet(four=part) if isinstance(network, IPv4Network) else AddressSet(six=part)


NOTHING = AddressSet()
EVERYTHING = AddressSet(((0, 2**32),), ((0, 2**128),))


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


def _aligned(intervals: Intervals, bits: int) -> Iterator[tuple[int, int]]:
    """Each interval in the fewest ranges with a prefix length."""
    for low, high in intervals:
        while low < high:
            size = min(low & -low or 1 << bits, 1 << (high - low).bit_length() - 1)
            yield low, bits - size.bit_length() + 1
            low += size


# Making and writing the library's networks takes twenty times as long.
def _four(address: int) -> str:
    return ".".join(map(str, address.to_bytes(4, "big")))


@lru_cache(KEPT)
def _six(address: int) -> str:
    return str(IPv6Address(address))
