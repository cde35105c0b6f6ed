"""Decode records into dnspython's objects, with a shortcut for the types that mail needs most.

``dns.rdata.from_wire`` takes 20 to 50 µs a record, most of it for its immutability guards: more than the rest
of a query. For a few simple types the same objects are built directly. Unusual data, other types, and a
dnspython whose objects have other attributes than expected all go through ``from_wire``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from socket import inet_ntoa
from typing import TYPE_CHECKING, cast

import dns.ipv6
import dns.rdata
from dns.name import Name
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import AAAA, CNAME, MX, NS, PTR, SOA, TXT, A, RdataType

if TYPE_CHECKING:
    from dns.rdtypes.mxbase import MXBase

Decoder = Callable[[bytes, int, int], Rdata]
_Fields = Callable[[bytes, int, int], tuple[object, ...] | None]

_new = object.__new__
_set = object.__setattr__
_MAX_HOPS = 64
_SOA = struct.Struct(">IIIII")


def read_labels(wire: bytes, position: int) -> tuple[list[bytes], int]:
    """The labels of the name at ``position``, including the root's, and the offset after it.

    Pointers must point backwards. Raises ValueError or IndexError if it is not a name.
    """
    labels: list[bytes] = []
    total = 1
    end = -1
    limit = position
    hops = 0
    while size := wire[position]:
        if size < 64:
            position += 1
            total += size + 1
            labels.append(wire[position : position + size])
            position += size
        elif size >= 0xC0:
            if end < 0:
                end = position + 2
            position = (size & 0x3F) << 8 | wire[position + 1]
            hops += 1
            if position >= limit or hops > _MAX_HOPS:
                raise ValueError("a compression pointer does not lead backwards")
            limit = position
        else:
            raise ValueError("a label of an unknown kind")
        if total > 255:
            raise ValueError("a name of more than 255 octets")
    labels.append(b"")
    return labels, end if end >= 0 else position + 1


def _strings(wire: bytes, position: int, end: int) -> tuple[object, ...] | None:
    strings = []
    while position < end:
        size = wire[position]
        position += 1
        strings.append(wire[position : position + size])
        position += size
    return (tuple(strings),) if strings and position == end else None


def _ipv4(wire: bytes, position: int, end: int) -> tuple[object, ...] | None:
    return (inet_ntoa(wire[position:end]),) if end - position == 4 else None


def _ipv6(wire: bytes, position: int, end: int) -> tuple[object, ...] | None:
    return (dns.ipv6.inet_ntoa(wire[position:end]),) if end - position == 16 else None


def _target(wire: bytes, position: int, end: int) -> tuple[object, ...] | None:
    name, position = _name(wire, position)
    return (name,) if position == end else None


def _mx(wire: bytes, position: int, end: int) -> tuple[object, ...] | None:
    if end - position < 3:
        return None
    name, after = _name(wire, position + 2)
    return (wire[position] << 8 | wire[position + 1], name) if after == end else None


def _soa(wire: bytes, position: int, end: int) -> tuple[object, ...] | None:
    server, position = _name(wire, position)
    contact, position = _name(wire, position)
    return (server, contact, *_SOA.unpack_from(wire, position)) if end - position == _SOA.size else None


def _name(wire: bytes, position: int) -> tuple[Name, int]:
    labels, position = read_labels(wire, position)
    name = _new(Name)
    _set(name, "labels", tuple(labels))
    return name, position


# Attributes, parser, and sample rdata to compare with dnspython's result.
_SIMPLE: dict[RdataType, tuple[tuple[str, ...], _Fields, bytes]] = {
    TXT: (("strings",), _strings, b"\x01a\x00\x02bc"),
    A: (("address",), _ipv4, b"\xc0\x00\x02\x01"),
    AAAA: (("address",), _ipv6, b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x01"),
    MX: (("preference", "exchange"), _mx, b"\x00\x0a\x02Mx\x04test\x00"),
    CNAME: (("target",), _target, b"\x02Mx\x04test\x00"),
    NS: (("target",), _target, b"\x02Mx\x04test\x00"),
    PTR: (("target",), _target, b"\x02Mx\x04test\x00"),
    SOA: (
        ("mname", "rname", "serial", "refresh", "retry", "expire", "minimum"),
        _soa,
        b"\x02Mx\x04test\x00\x01a\x00" + bytes(range(20)),
    ),
}


@lru_cache(256)
def decoder(kind: int) -> Decoder:
    """A function that decodes a record of this type, given message, start and end."""
    rdtype = RdataType.make(kind)

    def general(wire: bytes, position: int, end: int) -> Rdata:
        return dns.rdata.from_wire(IN, rdtype, wire, position, end - position)

    simple = _SIMPLE.get(rdtype)
    if simple is None:
        return general
    attributes, fields, sample = simple
    cls: type[Rdata] = dns.rdata.get_rdata_class(IN, rdtype)  # type: ignore[no-untyped-call] # of dnspython

    def quick(wire: bytes, position: int, end: int) -> Rdata:
        try:
            values = fields(wire, position, end)
        except (ValueError, IndexError):
            values = None
        if values is None:
            return general(wire, position, end)
        record = _new(cls)
        _set(record, "rdclass", IN)
        _set(record, "rdtype", rdtype)
        _set(record, "rdcomment", None)
        for attribute, value in zip(attributes, values, strict=True):
            _set(record, attribute, value)
        return record

    expected = general(sample, 0, len(sample))
    return quick if _alike(quick, sample, expected) else general


def _alike(make: Decoder, sample: bytes, expected: Rdata) -> bool:
    """Whether the shortcut gives the same object as dnspython, attribute by attribute."""
    try:
        made = make(sample, 0, len(sample))
    except (AttributeError, TypeError):
        return False
    return type(made) is type(expected) and made == expected and _slots(made) == _slots(expected)


def _slots(record: object) -> dict[str, object]:
    names = [name for cls in type(record).__mro__ for name in getattr(cls, "__slots__", ())]
    return {name: getattr(record, name, ...) for name in names if name != "__weakref__"}


def distinct(records: list[Rdata]) -> list[Rdata]:
    """The records without duplicates. Names may be compressed differently, so octets can't be compared."""
    if records[0].rdtype != MX:
        return list(dict.fromkeys(records))
    seen: dict[tuple[int, bytes], Rdata] = {}
    for record in records:  # dnspython's hash costs more than decoding the record
        mx = cast("MXBase", record)
        seen.setdefault((mx.preference, b".".join(mx.exchange.labels).lower()), record)
    return list(seen.values())
