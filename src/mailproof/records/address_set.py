"""Sets of IP addresses as intervals: what several ranges hold together, and what one adds to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, summarize_address_range

from msgspec import Struct

from mailproof.records.networks import Network, parse_network

#: Half-open intervals of integers, sorted, neither touching nor overlapping.
Intervals = tuple[tuple[int, int], ...]


class AddressSet(Struct, frozen=True):
    """Any set of IPv4 and IPv6 addresses. Equal sets compare equal, however they were written."""

    four: Intervals = ()
    six: Intervals = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> AddressSet:
        """The addresses of ranges in CIDR form; what is none is left out."""
        four: list[tuple[int, int]] = []
        six: list[tuple[int, int]] = []
        for text in networks:
            network = parse_network(text)
            if network is not None:
                low = int(network.network_address)
                (four if isinstance(network, IPv4Network) else six).append((low, low + network.num_addresses))
        return cls(_merged(four), _merged(six))

    @classmethod
    def union(cls, sets: Iterable[AddressSet]) -> AddressSet:
        """All of them together."""
        parts = tuple(sets)
        return cls(
            _merged(each for part in parts for each in part.four),
            _merged(each for part in parts for each in part.six),
        )

    @property
    def counts(self) -> tuple[int, int]:
        """How many IPv4 and IPv6 addresses it holds."""
        return sum(high - low for low, high in self.four), sum(high - low for low, high in self.six)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The fewest ranges that hold just these addresses, IPv4 first, ascending."""
        return (*_four(self.four), *_six(self.six))

    def __bool__(self) -> bool:
        return bool(self.four or self.six)

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet(_merged((*self.four, *other.four)), _merged((*self.six, *other.six)))

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(_minus(self.four, other.four), _minus(self.six, other.six))

    def __and__(self, other: AddressSet) -> AddressSet:
        return self - (self - other)

    def __le__(self, other: AddressSet) -> bool:
        return not self - other


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


def _four(intervals: Intervals) -> Iterator[Network]:
    for low, high in intervals:
        yield from summarize_address_range(IPv4Address(low), IPv4Address(high - 1))


def _six(intervals: Intervals) -> Iterator[Network]:
    for low, high in intervals:
        yield from summarize_address_range(IPv6Address(low), IPv6Address(high - 1))
