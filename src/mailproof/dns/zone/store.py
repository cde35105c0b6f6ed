"""Zones in memory, and how an authoritative server would answer from them.

RFC 1034 section 4.3.2 for the algorithm, RFC 4592 for wildcards, RFC 6672 for DNAME.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dns.rdata import Rdata
from msgspec import Struct, field

from mailproof.dns.records import negative_ttl, target_name
from mailproof.dns.written import Written
from mailproof.dns.zone.names import is_below, key_of, key_of_name, lineage, parent

Outcome = Literal["records", "alias", "nodata", "nxdomain", "delegated", "overlong"]


class RRset:
    """Records of one name and type, each with its position."""

    __slots__ = ("_records", "places", "ttl")

    def __init__(self, ttl: int) -> None:
        self.ttl = ttl
        self.places: dict[Rdata, Written] = {}
        self._records: tuple[Rdata, ...] = ()

    def add(self, record: Rdata, ttl: int, place: Written) -> None:
        """Add a record; duplicates are merged (RFC 2181 section 5), and the smallest TTL applies."""
        self.ttl = min(self.ttl, ttl)
        self.places.setdefault(record, place)

    @property
    def records(self) -> tuple[Rdata, ...]:
        """The records in file order."""
        if len(self._records) != len(self.places):
            self._records = tuple(self.places)
        return self._records


class Found(Struct, frozen=True):
    """A zone's answer. ``target`` is that of an alias; ``cut`` the name of a delegation."""

    outcome: Outcome
    rrset: RRset | None = None
    target: str = ""
    cut: str = ""


class Zone(Struct):
    """One zone. ``nodes`` has the records, ``exists`` also contains empty non-terminals.

    An ``open`` zone represents the whole DNS: NS records in it are data, not a delegation.
    """

    apex: str
    label: str
    open: bool = False
    nodes: dict[str, dict[str, RRset]] = field(default_factory=dict)
    exists: set[str] = field(default_factory=set)
    cuts: set[str] = field(default_factory=set)
    dnames: set[str] = field(default_factory=set)

    def add(self, owner: str, rrtype: str, record: Rdata, ttl: int, place: Written) -> None:
        """Add a record whose owner is in this zone."""
        types = self.nodes.setdefault(owner, {})
        rrset = types.get(rrtype)
        if rrset is None:
            rrset = types[rrtype] = RRset(ttl)
        rrset.add(record, ttl, place)
        if rrtype == "NS" and owner != self.apex and not self.open:
            self.cuts.add(owner)
        elif rrtype == "DNAME":
            self.dnames.add(owner)
        while owner not in self.exists:
            self.exists.add(owner)
            if owner == self.apex:
                break
            owner = parent(owner)

    def negative_ttl(self) -> int:
        """How long a negative answer may be cached (RFC 2308 section 5); 0 without an SOA."""
        soa = self.nodes.get(self.apex, {}).get("SOA")
        if soa is None:
            return 0
        return min(soa.ttl, negative_ttl(soa.records[0]))

    def _upward(self, name: str) -> Iterator[str]:
        """The name and its ancestors up to the apex."""
        for ancestor in lineage(name):
            yield ancestor
            if ancestor == self.apex:
                return

    def authority(self, name: str) -> str:
        """The nearest name at or above this one with an SOA; empty without one."""
        return next((each for each in self._upward(name) if "SOA" in self.nodes.get(each, {})), "")

    def cut_above(self, name: str) -> str | None:
        """The delegation that the name is at or below, if any."""
        # The topmost cut counts: records below it are at most glue.
        cuts = [each for each in self._upward(name) if each in self.cuts] if self.cuts else []
        return cuts[-1] if cuts else None

    def find(self, name: str, rrtype: str) -> Found:
        """The answer for ``name``, which must be in this zone."""
        cut = self.cut_above(name)
        if cut is not None and not (name == cut and rrtype == "DS"):
            return Found("delegated", cut=cut)
        if self.dnames:
            above = [each for each in self._upward(name) if each in self.dnames and each != name]
            if above:
                return self._through_dname(name, above[-1])
        types = self.nodes.get(name)
        if types is None and name not in self.exists:
            types = self._wildcard(name)
            if types is None:
                return Found("nxdomain")
        return _answer_from(types or {}, rrtype)

    def _wildcard(self, name: str) -> dict[str, RRset] | None:
        encloser = name
        while encloser not in self.exists:
            if encloser == self.apex:
                return None
            encloser = parent(encloser)
        return self.nodes.get(f"*.{encloser}" if encloser else "*")

    def _through_dname(self, name: str, owner: str) -> Found:
        rrset = self.nodes[owner]["DNAME"]
        target = key_of_name(target_name(rrset.records[0]))
        prefix = name[: -len(owner) - 1] if owner else name
        renamed = key_of(f"{prefix}.{target}" if target else prefix)
        if renamed is None:
            return Found("overlong", rrset)
        return Found("alias", rrset, target=renamed)


def _answer_from(types: dict[str, RRset], rrtype: str) -> Found:
    rrset = types.get(rrtype)
    if rrset is not None:
        return Found("records", rrset)
    alias = types.get("CNAME")
    if alias is not None:
        return Found("alias", alias, target=key_of_name(target_name(alias.records[0])))
    return Found("nodata")


class ZoneSet:
    """All loaded zones, by apex."""

    def __init__(self) -> None:
        self.zones: dict[str, Zone] = {}

    def zone_of(self, name: str, rrtype: str = "") -> Zone | None:
        """The zone that answers for the name: the closest at or above it; for DS, the parent's."""
        own = None
        for ancestor in lineage(name):
            if (zone := self.zones.get(ancestor)) is not None:
                if rrtype != "DS" or ancestor != name:
                    return zone
                own = zone
        return own

    def covers(self, name: str) -> bool:
        """Whether one of the zones is authoritative for the name, which is not below a delegation."""
        zone = self.zone_of(name)
        return zone is not None and is_below(name, zone.apex) and zone.cut_above(name) is None
