"""What signed NSEC and NSEC3 records prove to be absent (RFC 4035 section 5.4, RFC 5155 section 8).

Pure: the signatures have been verified before, and all records are from one zone.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Literal

from dns.dnssec import nsec3_hash
from dns.name import Name
from dns.rdatatype import CNAME, DNAME, DS, NS, SOA
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from msgspec import Struct

MAX_ITERATIONS = 150  # with more, answers count as insecure (RFC 9276 section 3.2)
_OPT_OUT = 1
_SHA1 = 1


class Denial(Struct, frozen=True):
    """What is proven: no such name, no such type at it, or (opt-out) neither: the name may exist unsigned.

    ``delegation``: the name is a zone cut, so a missing DS makes everything below insecure.
    """

    kind: Literal["nxdomain", "nodata", "opt-out"]
    delegation: bool = False


class Proofs(Struct, frozen=True):
    """The signed NSEC and NSEC3 records of one response, with their owners, and their zone."""

    zone: Name
    nsec: tuple[tuple[Name, NSEC], ...] = ()
    nsec3: tuple[tuple[Name, NSEC3], ...] = ()

    @property
    def too_costly(self) -> bool:
        """Whether hashing takes more iterations than we accept."""
        return any(record.iterations > MAX_ITERATIONS for _, record in self.nsec3)

    def denies(self, name: Name, rdtype: int) -> Denial | None:
        """What they prove about a name and type; None: nothing."""
        if not name.is_subdomain(self.zone):
            return None
        return _nsec_denies(self, name, rdtype) or _nsec3_denies(self, name, rdtype)

    def no_closer_name(self, name: Name, encloser_labels: int) -> Denial | None:
        """For an answer from the wildcard below the encloser: the proof that no closer name exists."""
        if not name.is_subdomain(self.zone) or len(name.labels) <= encloser_labels + 1:
            return None
        if any(_covers(owner, record, name) for owner, record in self.nsec):
            return Denial("nxdomain")
        covering = _find(self.nsec3, Name(name.labels[-(encloser_labels + 2) :]), cover=True)
        if covering is None:
            return None
        return Denial("opt-out" if covering.flags & _OPT_OUT else "nxdomain")


def _types(record: NSEC | NSEC3) -> frozenset[int]:
    found = set()
    for window, bitmap in record.windows:
        for index, octet in enumerate(bitmap):
            for bit in range(8):
                if octet & 0x80 >> bit:
                    found.add(window * 256 + index * 8 + bit)
    return frozenset(found)


def _matching(record: NSEC | NSEC3, rdtype: int, at_root: bool) -> Denial | None:
    """What a record at the name itself proves about a type."""
    types = _types(record)
    cut = NS in types and SOA not in types
    if rdtype in types or CNAME in types:
        return None
    if rdtype == DS:
        if SOA in types and not at_root:
            return None  # from the child zone: only the parent has the DS
    elif cut:
        return None  # from the parent zone: it only has the DS
    return Denial("nodata", cut)


def _covers(owner: Name, record: NSEC, name: Name) -> bool:
    """Whether ``name`` falls between the owner and the next name of the zone."""
    if not owner < name:
        return False
    if not (name < record.next or record.next <= owner):
        return False
    if name.is_subdomain(owner):
        types = _types(record)
        return not (DNAME in types or (NS in types and SOA not in types))
    return True


def _nsec_denies(proofs: Proofs, name: Name, rdtype: int) -> Denial | None:
    for owner, record in proofs.nsec:
        if owner == name:
            return _matching(record, rdtype, len(name.labels) == 1)
    for owner, record in proofs.nsec:
        if not _covers(owner, record, name):
            continue
        if record.next.is_subdomain(name):
            return Denial("nodata")  # an empty non-terminal
        encloser = max(_common(name, owner), _common(name, record.next), key=lambda n: len(n.labels))
        wildcard = Name((b"*", *encloser.labels))
        for other, candidate in proofs.nsec:
            if other == wildcard:
                return _matching(candidate, rdtype, False)
            if _covers(other, candidate, wildcard):
                return Denial("nxdomain")
    return None


def _common(one: Name, other: Name) -> Name:
    _, _, count = one.fullcompare(other)
    return Name(one.labels[-count:])


def _nsec3_denies(proofs: Proofs, name: Name, rdtype: int) -> Denial | None:
    exact = _find(proofs.nsec3, name, cover=False)
    if exact is not None:
        return _matching(exact, rdtype, len(name.labels) == 1)
    closer, encloser = name, name
    while len(encloser.labels) > len(proofs.zone.labels):
        closer, encloser = encloser, encloser.parent()
        at = _find(proofs.nsec3, encloser, cover=False)
        if at is None:
            continue
        types = _types(at)
        covering = _find(proofs.nsec3, closer, cover=True)
        if covering is None or DNAME in types or (NS in types and SOA not in types):
            return None
        if covering.flags & _OPT_OUT:
            return Denial("opt-out", delegation=True)
        wildcard = Name((b"*", *encloser.labels))
        wild = _find(proofs.nsec3, wildcard, cover=False)
        if wild is not None:
            return _matching(wild, rdtype, False)
        return Denial("nxdomain") if _find(proofs.nsec3, wildcard, cover=True) else None
    return None


def _find(records: Sequence[tuple[Name, NSEC3]], name: Name, *, cover: bool) -> NSEC3 | None:
    """The record with the hash of the name, or (``cover``) whose span contains that hash."""
    if not records:
        return None
    parameters = _hashing(records[0][1])
    if parameters[0] != _SHA1 or parameters[2] > MAX_ITERATIONS:
        return None
    hashed = nsec3_hash(name, parameters[1], parameters[2], parameters[0])
    for owner, record in records:
        if _hashing(record) != parameters:  # a zone uses one set at a time (RFC 5155 section 7.2)
            continue
        start = owner.labels[0].decode("latin-1").upper()
        end = base64.b32hexencode(record.next).decode("ascii")
        if not cover:
            if start == hashed:
                return record
        elif start < hashed < end or (end <= start and (hashed > start or hashed < end)):
            return record
    return None


def _hashing(record: NSEC3) -> tuple[int, bytes, int]:
    return record.algorithm, record.salt or b"", record.iterations
