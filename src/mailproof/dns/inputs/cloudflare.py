"""Reads the response of Cloudflare's API to ``GET /zones/ID/dns_records``, and the tags in its zone files.

A proxied record resolves to addresses of Cloudflare, which are not listed.
"""

from __future__ import annotations

import re

from dns.rdata import Rdata

from mailproof.dns.inputs.contents import (
    PROXIED,
    Contents,
    Gathered,
    caa_data,
    owner_of,
    parse_rdata,
    text_as_given,
)
from mailproof.dns.inputs.located import Node, Place
from mailproof.dns.zone.reader import Reader
from mailproof.names import is_within
from mailproof.structs import replace

#: Cloudflare's value for an automatic TTL: 300 seconds.
_AUTOMATIC, _AUTOMATIC_TTL = 1, 300
#: The tag of a record in a zone file that Cloudflare exported.
_TAG = re.compile(r"cf_tags=.*\bcf-proxied:(true|false)")
#: Keys of each record. Other tools list records too, but often only some: lexicon those of one type.
_KEYS = ("name", "type", "content", "proxied")
_ALL = "export all of them with ?per_page=5000"


def is_cloudflare(root: Node) -> bool:
    """Whether the JSON has this format: the response of the API, or just its ``result``."""
    return any(all(map(each.get, _KEYS)) for each in _records(root)[:1])


def read_cloudflare(root: Node) -> Contents:
    """The zone. Raises ZoneFileError if it is incomplete."""
    records = _records(root)
    total = root.get("result_info", "total_count")
    if total is not None and isinstance(total.value, int) and total.value > len(records):
        raise total.place.fault(f"{len(records)} of the {total.value} records of the zone: {_ALL}")
    names = [owner_of(each.text("name"), each.place) for each in records]
    zone = next((each.text("zone_name") for each in records if each.get("zone_name")), "") or _zone_of(names)
    if not zone:
        raise root.place.fault("no records of one zone in it, so that the zone is not known")
    gathered = Gathered(root.place.file, owner_of(zone, root.place), whole=True)
    for owner, each in zip(names, records, strict=True):
        _record(owner, each, gathered)
    return gathered.contents()


def take_replaced(reader: Reader, gathered: Gathered) -> None:
    """Take out of an exported zone file the records that Cloudflare answers with other addresses."""
    tags = {
        (comment.file, comment.line): found[1]
        for comment in reader.comments
        if comment.line == comment.about and (found := _TAG.search(comment.text)) is not None
    }
    if not tags:
        return
    apexes = {record.owner for record in reader.records if record.rrtype == "SOA"}
    records = reader.records.copy()
    reader.records.clear()
    for each in records:
        tag = tags.get((each.written.file, each.written.line))
        flattened = tag is not None and each.rrtype == "CNAME" and each.owner in apexes
        if (tag == "true" and each.rrtype in PROXIED) or flattened:
            gathered.proxied(each.owner)
        else:
            reader.records.append(replace(each, ttl=_AUTOMATIC_TTL) if each.ttl == _AUTOMATIC else each)


def _records(root: Node) -> tuple[Node, ...]:
    return root.array() or root.array("result")


def _zone_of(names: list[str]) -> str:
    """The zone: the shortest of the names, if all others are below it."""
    apex = min(names, key=len, default="")
    while apex.startswith(("_", "*")):
        apex = apex.partition(".")[2]
    while "." in apex and not all(is_within(name, apex) for name in names):
        apex = apex.partition(".")[2]
    return apex if "." in apex else ""


def _record(owner: str, record: Node, gathered: Gathered) -> None:
    place = record.place
    rrtype = record.text("type").upper()
    ttl = record.number("ttl", _AUTOMATIC)
    ttl = _AUTOMATIC_TTL if ttl == _AUTOMATIC else ttl
    if is_replaced(record, rrtype, is_apex=owner == gathered.origin):
        gathered.proxied(owner)
    elif gathered.reads(owner, rrtype, place):
        data = cloudflare_data(rrtype, record, place)
        gathered.add(owner, rrtype, data, ttl, place.of(record.get("content")))


def is_replaced(record: Node, rrtype: str, *, is_apex: bool) -> bool:
    """Whether Cloudflare answers with other addresses: a proxied record, or a CNAME that it flattens."""
    flattened = is_apex or record.is_true("settings", "flatten_cname")
    return (record.is_true("proxied") and rrtype in PROXIED) or (flattened and rrtype == "CNAME")


def cloudflare_data(rrtype: str, record: Node, place: Place) -> Rdata:
    """A record's data: from ``content``, ``value`` (Terraform's older provider), or the fields of ``data``.

    Raises ZoneFileError.
    """
    content = record.text("content") or record.text("value")
    if rrtype in ("TXT", "SPF"):
        return text_as_given(content, place)
    if not content:
        content = _data_from_fields(rrtype, record)
    elif rrtype in ("MX", "URI") or (rrtype == "SRV" and len(content.split()) == 3):
        priority = record.text("priority") or record.text("data", "priority") or "0"
        content = f"{priority} {content}"
    return parse_rdata(rrtype, content.replace("\t", " "), place)


_FIELDS = {
    "CAA": ("flags", "tag", "value"),
    "TLSA": ("usage", "selector", "matching_type", "certificate"),
    "SRV": ("priority", "weight", "port", "target"),
    "DS": ("key_tag", "algorithm", "digest_type", "digest"),
    "MX": ("priority", "target"),
}


def _data_from_fields(rrtype: str, record: Node) -> str:
    data = record.get("data")
    if data is not None and isinstance(data.value, tuple):  # Terraform's provider, before version 5
        data = data.value[0] if data.value else None
    if data is None:
        raise record.place.fault(f"record of type {rrtype} without content")
    words = [data.text(key) or "0" for key in _FIELDS.get(rrtype, ())]
    return " ".join(words) if rrtype != "CAA" else caa_data(*words)
