"""What the API of PowerDNS gives for ``GET /api/v1/servers/localhost/zones/ZONE``: all records of a zone.

What ``pdnsutil list-zone`` prints is a zone file.
"""

from __future__ import annotations

from mailproof.dns.inputs.contents import Contents, Gathered, owner_of, written
from mailproof.dns.inputs.located import Node


def is_powerdns(root: Node) -> bool:
    """Whether the JSON is of this form."""
    found = root.get("rrsets")
    is_listed = found is not None and isinstance(found.value, tuple)
    return is_listed and bool(root.get("name")) and bool(root.get("kind") or root.get("id"))


def read_powerdns(root: Node) -> Contents:
    """The zone. Raises ZoneFileError where it is not all of it."""
    sets = root.each("rrsets")
    zone = owner_of(root.text("name"), root.place)
    if not any(each.text("type") == "SOA" for each in sets):
        raise root.place.fault("no SOA in it: get the whole zone, without rrset_name and rrset_type")
    gathered = Gathered(root.place.file, zone, whole=True)
    for each in sets:
        _record_set(each, gathered)
    return gathered.contents()


def _record_set(node: Node, gathered: Gathered) -> None:
    rrtype = node.text("type").upper()
    owner = owner_of(node.text("name"), node.place)
    if node.get("records") is None:
        raise node.place.fault("a record set without records")
    records = [each for each in node.each("records") if not each.is_true("disabled")]
    if rrtype == "ALIAS" and records:
        gathered.addresses(owner, f"ALIAS at {owner}: PowerDNS fills in the addresses")
        return
    if rrtype == "LUA":
        for record in records:
            kind = record.text("content").partition(" ")[0].upper()
            gathered.unstated(owner, kind, f"LUA at {owner}: PowerDNS computes the answer")
        return
    if not gathered.reads(owner, rrtype, node.place):
        return
    for record in records:
        place = (record.get("content") or record).place
        rdata = written(rrtype, record.text("content"), place)
        gathered.add(owner, rrtype, rdata, node.number("ttl", 3600), place)
