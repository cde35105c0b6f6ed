"""Builds zones from the records of a file: finds each zone's apex, and checks which records share a name."""

from __future__ import annotations

import struct
from pathlib import PurePath

from mailproof.dns.zone.names import is_below, lineage
from mailproof.dns.zone.reader import Reader, ZoneRecord
from mailproof.dns.zone.store import Zone, ZoneSet
from mailproof.errors import ZoneFileError

#: What may exist beside a CNAME: only DNSSEC's own types (RFC 4035 section 2.5).
_BESIDE_CNAME = {"CNAME", "RRSIG", "NSEC", "KEY"}


def build(zones: ZoneSet, reader: Reader, *, origin: str | None) -> None:
    """Add the zones of one file. ``origin`` is the key given by the caller, or None to find it.

    Raises ZoneFileError for an alias that the caller did not take out, a record outside the zone, one beside
    a CNAME, or a zone that exists already.
    """
    if reader.aliases:
        alias = reader.aliases[0]
        raise ZoneFileError(f"unknown record type {alias.by}", file=alias.file, line=alias.line)
    local: dict[str, Zone] = {}
    for apex in apexes(reader, origin):
        is_open = apex == "" and "" not in _owners_of_soa(reader)
        known = zones.zones.get(apex)
        if known is not None and not (is_open and known.open):
            file = reader.source.file
            raise ZoneFileError(f"the zone {apex or '.'} was read already, as {known.label}", file=file)
        name = PurePath(reader.source.file).name or apex or "."
        local[apex] = known or Zone(apex, f"zone {name}", is_open)
    for record in reader.records:
        zone = _zone_for(record, local)
        if zone is None:
            apex = next(iter(local), "")
            raise record.written.fault(
                f"{record.owner or '.'} {record.rrtype} is outside the zone {apex}: give its zone in a file "
                "of its own"
            )
        _check(zone, record)
        try:
            zone.add(record.owner, record.rrtype, record.rdata, record.ttl, record.written)
        except struct.error:  # dnspython has no limit for the altitude of a LOC record until it writes it
            raise record.written.fault(
                f"{record.rrtype} data cannot be read: a number is out of range"
            ) from None
    zones.zones.update(local)


def _owners_of_soa(reader: Reader) -> list[str]:
    return [record.owner for record in reader.records if record.rrtype == "SOA"]


def apexes(reader: Reader, origin: str | None = None) -> list[str]:
    """The apexes of the zones in a file. Raises ZoneFileError if nothing names them."""
    owners_of_soa = _owners_of_soa(reader)
    found = dict.fromkeys(owners_of_soa if origin is None else [origin])
    if origin is not None:
        found.update(dict.fromkeys(soa for soa in owners_of_soa if is_below(soa, origin)))
        return list(found)
    # An $ORIGIN is often just an abbreviation: one within a zone, or above one, is not an apex.
    for name in sorted(set(reader.origins), key=len):
        if not any(is_below(name, apex) or is_below(apex, name) for apex in found):
            found[name] = None
    if not found and reader.records:
        raise reader.records[0].written.fault(
            "no $ORIGIN and no SOA name the zone: begin the file with $ORIGIN, or give the origin"
        )
    return list(found)


def _zone_for(record: ZoneRecord, zones: dict[str, Zone]) -> Zone | None:
    above = [zones[name] for name in lineage(record.owner) if name in zones]
    if record.rrtype == "DS" and len(above) > 1 and above[0].apex == record.owner:
        return above[1]
    return above[0] if above else None


def _check(zone: Zone, record: ZoneRecord) -> None:
    types = zone.nodes.get(record.owner)
    if not types:
        return
    beside = "CNAME" in types and record.rrtype not in _BESIDE_CNAME
    if record.rrtype == "CNAME":
        beside = any(rrtype not in _BESIDE_CNAME for rrtype in types)
        held = types.get("CNAME")
        if held is not None and record.rdata not in held.records:
            file, line, *_ = next(iter(held.places.values()))
            raise record.written.fault(
                f"{record.owner} has a second CNAME beside that of {file}:{line}: a name has at most one"
            )
    if beside:
        others = ", ".join(sorted(set(types) - {record.rrtype}))
        raise record.written.fault(
            f"{record.owner} has {record.rrtype} beside {others}: a name with a CNAME may have no other "
            "record (RFC 1034 section 3.6.2), and name servers refuse such a zone"
        )
