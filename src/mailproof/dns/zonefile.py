"""A resolver that answers from zone files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdata import Rdata
from msgspec import Struct, field

from mailproof.dns.answer import Answer
from mailproof.dns.records import record_type
from mailproof.dns.text import normalize, record_text
from mailproof.dns.written import Written
from mailproof.dns.zone.build import build
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zone.names import is_below, key_of
from mailproof.dns.zone.reader import Reader, ZoneComment, ZoneRecord
from mailproof.dns.zone.source import Budget, Source
from mailproof.dns.zone.store import Found, RRset, Zone, ZoneSet
from mailproof.errors import ZoneFileError
from mailproof.model import UNASKED, Status

#: The length to which resolvers follow a CNAME chain; longer ones and loops are SERVFAIL.
_MAX_CHAIN = 16
#: Answers cached: one message mostly needs the same lookups as the previous one.
_MOST_KEPT = 4096
#: Characters of a name whose answer is cached: no name without escapes is longer.
_LONGEST_KEPT = 255


class ZoneFile:
    """One parsed zone file, the input of a ZoneResolver."""

    def __init__(self, source: Source, origin: str | None, limits: ZoneLimits) -> None:
        self.origin = None if origin is None else _origin_key(origin)
        name = None if self.origin is None else dns.name.from_text(self.origin)
        self.reader = Reader(source, name, limits)
        self.reader.read()

    @classmethod
    def from_text(
        cls, text: str, origin: str | None = ".", file: str = "", limits: ZoneLimits | None = None
    ) -> ZoneFile:
        """Parse master file text, which may not include files. Raises ZoneFileError."""
        bounds = limits or ZoneLimits()
        if len(text) > bounds.file_bytes:
            raise ZoneFileError(f"larger than the limit of {bounds.file_bytes} octets", file=file)
        return cls(Source(text, file, Budget(bounds)), origin, bounds)

    @classmethod
    def of_records(cls, records: Sequence[ZoneRecord], origin: str, file: str) -> ZoneFile:
        """From already parsed records, such as those of an export."""
        zone = cls.from_text("", origin or ".", file)
        zone.reader.records.extend(records)
        return zone

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], origin: str | None = None, limits: ZoneLimits | None = None
    ) -> ZoneFile:
        """Read a file. Raises ZoneFileError."""
        bounds = limits or ZoneLimits()
        return cls(Source.open(Path(path), bounds), origin, bounds)


class _Trail(Struct):
    """The path of a query: the chain of names, and the final result."""

    chain: list[str] = field(default_factory=list)
    ttl: int = 2**31
    status: Status = "nxdomain"
    server: str = ""
    reason: str = ""
    zone: str = ""
    rrset: RRset | None = None
    records: tuple[Rdata, ...] = ()


class ZoneResolver:
    """Answers from its zones as their name servers would, without any network.

    A name outside all zones is ``unasked``, since nothing is known about it, as is one below a delegation to
    a zone that was not given; with ``strict`` (a closed world), names outside are ``nxdomain``. Only a DMARC
    record above a zone is assumed to be absent in both cases: public suffixes hardly ever publish one, but
    each tree walk looks it up. An origin of ``.`` covers every name. ``comments`` are those marked
    ``mailproof:``.
    """

    def __init__(self, *files: ZoneFile, strict: bool = False) -> None:
        self._zones = ZoneSet()
        self._strict = strict
        self._kept = lru_cache(maxsize=_MOST_KEPT)(self._answer)
        comments: list[ZoneComment] = []
        for file in files:
            build(self._zones, file.reader, origin=file.origin)
            comments += file.reader.comments
        self.comments = tuple(comments)

    @classmethod
    def from_text(
        cls,
        text: str,
        origin: str | None = ".",
        file: str = "",
        limits: ZoneLimits | None = None,
        *,
        strict: bool = False,
    ) -> ZoneResolver:
        """A resolver for one zone in master file text. Raises ZoneFileError with line and column."""
        return cls(ZoneFile.from_text(text, origin, file, limits), strict=strict)

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        origin: str | None = None,
        limits: ZoneLimits | None = None,
        *,
        strict: bool = False,
    ) -> ZoneResolver:
        """A resolver for one zone file. ``origin`` defaults to its $ORIGIN, SOA or file name
        (``acme.example.zone``). Raises ZoneFileError with file, line and column.
        """
        return cls(ZoneFile.open(path, origin, limits), strict=strict)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return self.known(name, rrtype)

    def known(self, name: str, rrtype: str) -> Answer:
        """See Resolver: all answers are known."""
        question, kind = normalize(name), rrtype.upper()
        return (self._kept if len(question) <= _LONGEST_KEPT else self._answer)(question, kind)

    def _answer(self, question: str, kind: str) -> Answer:
        wanted = _canonical(kind)
        key = key_of(question)
        if wanted is None or key is None:
            if wanted is None:
                return Answer(question, kind, "servfail", server=f"{kind[:20]!a} is not a record type")
            return Answer(question, kind, "nxdomain", server="not a name that the DNS can hold")
        trail = self._follow(key, wanted)
        return Answer(
            name=question,
            rrtype=kind,
            status=trail.status,
            records=trail.records,
            ttl=trail.ttl,
            chain=tuple(name or "." for name in trail.chain),
            server=trail.server,
            reason=trail.reason,
            zone=trail.zone,
        )

    def _follow(self, key: str, rrtype: str) -> _Trail:
        trail = _Trail()
        name, where = key, ""
        for _ in range(_MAX_CHAIN + 1):
            zone = self._zones.zone_of(name, rrtype)
            if zone is None:
                return self._outside(trail, name)
            trail.server = where = zone.label
            found = zone.find(name, rrtype)
            if found.rrset is not None:
                trail.ttl = min(trail.ttl, found.rrset.ttl)
            if found.outcome == "records" and found.rrset is not None:
                trail.status, trail.rrset, trail.records = "ok", found.rrset, found.rrset.records
                return trail
            if found.outcome != "alias":
                return _finish_negative(trail, zone, found, name)
            if rrtype == "CNAME":
                # This is a DNAME: return the CNAME that a server synthesizes (RFC 6672 section 3.1).
                trail.status, trail.records = "ok", (_cname(found.target),)
                return trail
            name = found.target
            looped = name == key or name in trail.chain
            trail.chain.append(name)
            if looped:
                break
        trail.ttl, trail.status = 0, "servfail"
        trail.server = f"{where}: the aliases form a loop, or lead over more than {_MAX_CHAIN} names"
        return trail

    def _outside(self, trail: _Trail, name: str) -> _Trail:
        trail.ttl = trail.ttl if trail.chain else 0
        suffix = name.removeprefix("_dmarc.")
        above = name != suffix and any(origin.endswith(f".{suffix}") for origin in self._zones.zones)
        if not self._strict and not above:
            trail.status, trail.reason = "unasked", UNASKED
            return trail
        trail.status = "nxdomain"
        if self._strict:
            trail.server = f"{name or '.'} is in none of the given zones"
        else:
            trail.reason = "assumed: not queried"
        return trail

    @property
    def origins(self) -> tuple[str, ...]:
        """The apexes of the zones."""
        return tuple(self._zones.zones)

    def covers(self, name: str) -> bool:
        """Whether the name is in one of the zones, and not below a delegation."""
        key = key_of(normalize(name))
        return key is not None and self._zones.covers(key)

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """See Resolver. None for a zone of everything (``.``), which does not list all names."""
        key = key_of(normalize(name))
        zone = self._zones.zone_of(key) if key is not None else None
        if key is None or zone is None or not zone.apex or not self._zones.covers(key):
            return None
        return tuple(each for each in zone.nodes if is_below(each, key) and each != key)

    def _zone_of(self, name: str) -> Zone | None:
        key = key_of(normalize(name))
        return None if key is None else self._zones.zone_of(key)

    def label(self, name: str) -> str:
        """The ``Answer.server`` of the zone that the name is in; empty outside all zones."""
        zone = self._zone_of(name)
        return zone.label if zone else ""

    def beginning(self, name: str) -> tuple[str, int] | None:
        """The (file, line) where the name's zone begins: that of its SOA, if it has one."""
        zone = self._zone_of(name)
        if zone is None:
            return None
        apex = zone.nodes.get(zone.apex, {})
        soa = [apex["SOA"]] if "SOA" in apex else []
        everything = [rrset for types in zone.nodes.values() for rrset in types.values()]
        for rrsets in (soa, apex.values(), everything):
            if places := [place for rrset in rrsets for place in rrset.places.values()]:
                first = min(places, key=lambda place: place.line)
                return first.file, first.line
        return None

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The position of a record returned by ``query``, found by its text (see record_text)."""
        key, wanted = key_of(normalize(name)), _canonical(rrtype.upper())
        if key is None or wanted is None:
            return None
        rrset = self._follow(key, wanted).rrset
        places = rrset.places.items() if rrset is not None else ()
        return next((place for record, place in places if record_text(record) == text), None)


def _finish_negative(trail: _Trail, zone: Zone, found: Found, name: str) -> _Trail:
    if found.outcome == "delegated":
        trail.ttl, trail.status = 0, "unasked"
        trail.reason = f"{zone.label} delegates {found.cut}, and the zone of that name was not given"
    elif found.outcome == "overlong":
        trail.ttl, trail.status = 0, "servfail"
        trail.server = f"{zone.label}: a DNAME leads to a name over 255 octets"
    else:
        trail.status = "nodata" if found.outcome == "nodata" else "nxdomain"
        trail.ttl = min(trail.ttl, zone.negative_ttl())
        trail.zone = zone.authority(name)
    return trail


def _cname(target: str) -> Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.CNAME, f"{target}.")


@lru_cache(maxsize=512)
def _canonical(rrtype: str) -> str | None:
    rdtype = record_type(rrtype)
    return None if rdtype is None else dns.rdatatype.to_text(rdtype)


def _origin_key(origin: str) -> str:
    key = key_of(origin)
    if key is None:
        raise ZoneFileError(f"the origin {origin[:60]!a} is not a domain name")
    return key
