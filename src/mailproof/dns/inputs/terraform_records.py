"""Converts one resource of a plan to its record set."""

from __future__ import annotations

from collections.abc import Iterator

from dns.rdata import Rdata
from msgspec import Struct

from mailproof.dns.inputs.cloudflare import cloudflare_data, is_replaced
from mailproof.dns.inputs.contents import (
    ADDRESSES,
    DEFAULT_TTL,
    absolute_name,
    caa_data,
    owner_of,
    parse_rdata,
    text_as_given,
)
from mailproof.dns.inputs.exports import unescaped
from mailproof.dns.inputs.located import Node, Place
from mailproof.dns.inputs.terraform_table import RECORDS, Row
from mailproof.dns.records import record_type
from mailproof.names import is_within

AFTER_APPLY = "known only after the plan is applied"
_CLOUDFLARE = "cloudflare_"
#: Types that a provider turns into addresses.
_ALIASES = ("ALIAS", "ANAME")
_BY_PROVIDER = "the provider chooses what to answer"
#: Types with a number before the host, which some providers keep in separate attributes.
_NUMBERED = ("MX", "SRV")


class PlacedRecord(Struct, frozen=True):
    """A record and its place."""

    rdata: Rdata
    place: Place


class RecordSet(Struct, frozen=True):
    """The records of a resource. ``unstated`` says why those of ``unstated_types`` are unknown."""

    owner: str
    rrtype: str
    ttl: int = DEFAULT_TTL
    records: tuple[PlacedRecord, ...] = ()
    part: bool = False
    unstated: str = ""
    unstated_types: tuple[str, ...] = ()


def record_set(kind: str, values: Node, unknown: Node | None, zone: str) -> RecordSet | str:
    """The record set, or why it cannot be read. ``unknown`` marks unknown attributes with ``true``.

    Raises ZoneFileError if the data does not parse as such a record.
    """
    row = RECORDS[kind]
    name = _name(row, values, unknown, zone, is_full=kind == "cloudflare_dns_record")
    if name is None:
        return f"the name or zone is {AFTER_APPLY}, or not in the plan"
    rrtype = row.rrtype if row.rrtype.isupper() else values.text(row.rrtype).upper()
    if not rrtype:
        return f"the type is {AFTER_APPLY}"
    rrtype = "TXT" if rrtype in row.texts else rrtype
    owner = owner_of(unescaped(name) if row.bare else name, values.place)
    replaced = kind.startswith(_CLOUDFLARE) and is_replaced(values, rrtype, is_apex=owner == zone.lower())
    types = ADDRESSES if replaced or rrtype in _ALIASES else (rrtype,)
    if len(types) > 1 or any(_is_set(values.get(key)) for key in row.filled):
        return RecordSet(owner, rrtype, unstated=_BY_PROVIDER, unstated_types=types)
    if unknown is not None and any(
        _any_true(unknown.get(key)) for key in (*row.values, *row.filled, *row.before)
    ):
        return RecordSet(owner, rrtype, unstated=AFTER_APPLY, unstated_types=types)
    if record_type(rrtype) is None:
        return f"{rrtype[:40]!a} is not a type of records"
    ttl = next((values.number(key, 0) for key in row.ttl if values.get(key) is not None), 0)
    records = tuple(_records(kind, row, rrtype, values, zone))
    return RecordSet(owner, rrtype, ttl if ttl > 1 else DEFAULT_TTL, records, row.part)


def _name(row: Row, values: Node, unknown: Node | None, zone: str, *, is_full: bool) -> str | None:
    for key in row.full:
        if values.text(key):
            return values.text(key)
    if unknown is not None and _any_true(unknown.get(row.name)):
        return None
    name = values.text(row.name)
    if name.endswith("."):
        return name
    if is_full and "." in name and not zone:
        return name
    if not zone:
        return None
    return name if is_within(name, zone) and not row.joins else absolute_name(name, zone)


def _records(kind: str, row: Row, rrtype: str, values: Node, zone: str) -> Iterator[PlacedRecord]:
    if kind.startswith(_CLOUDFLARE):
        data = values.get("content") or values.get("value") or values
        yield PlacedRecord(cloudflare_data(rrtype, values, data.place), data.place)
        return
    found = next((each for key in row.values if (each := values.get(key)) is not None), None)
    if found is None:
        return
    for each in found.value if isinstance(found.value, tuple) else (found,):
        text = each.get(row.fields[0]) if len(row.fields) == 1 else None
        yield PlacedRecord(_rdata(row, rrtype, values, each, zone), each.place.of(text))


def _rdata(row: Row, rrtype: str, values: Node, value: Node, zone: str) -> Rdata:
    place = value.place
    text = " ".join(value.text(key) for key in row.fields) if row.fields else value.text()
    if rrtype in ("TXT", "SPF"):
        if row.bare:
            if "\n" in text:
                raise place.fault("a line break in the text: a heredoc ends in one, which chomp() removes")
            return parse_rdata(rrtype, unescaped(text if text.startswith('"') else f'"{text}"'), place)
        is_split = row.splits and not text.startswith('"')
        return text_as_given("".join(text.split()) if is_split else text, place)
    if rrtype == "CAA":
        fields = value if row.fields else values
        if fields.get("tag") is not None:
            content = fields.text("value") if row.fields else text
            text = caa_data(fields.text("flags"), fields.text("tag"), content)
    if rrtype in _NUMBERED:
        keys = row.before if rrtype == "SRV" else row.before[:1]
        text = " ".join((*filter(None, map(values.text, keys)), text))
    return parse_rdata(rrtype, text, place, zone if row.in_zone else "")


def _is_set(node: Node | None) -> bool:
    return node is not None and node.value not in ("", ())


def _any_true(node: Node | None) -> bool:
    """Whether anything in it is ``true``."""
    return node is not None and any(each.value is True for each in node.walk())


def sensitive_texts(kind: str, values: Node, marks: Node | None) -> Iterator[str]:
    """The data's texts that ``marks`` marks as sensitive."""
    for key in RECORDS[kind].values:
        found = values.get(key)
        if found is not None and marks is not None and (marks.value is True or _any_true(marks.get(key))):
            yield from (each.value for each in found.walk() if isinstance(each.value, str))
