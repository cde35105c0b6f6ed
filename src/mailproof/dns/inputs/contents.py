"""The DNS data of a file of any format: whole zones, and single record sets of zones."""

from __future__ import annotations

from collections.abc import Mapping

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdata import Rdata
from dns.rdtypes.ANY.TXT import TXT
from msgspec import Struct, field

from mailproof.dns.answer import Key, Resolver
from mailproof.dns.inputs.located import Place
from mailproof.dns.overlay import OverlayResolver
from mailproof.dns.patch import Patch, PatchResolver, merged
from mailproof.dns.records import record_type
from mailproof.dns.text import to_ascii, txt_bytes
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zone.names import is_below, key_of
from mailproof.dns.zone.reader import ZoneRecord
from mailproof.dns.zonefile import ZoneFile, ZoneResolver
from mailproof.errors import UsageError
from mailproof.structs import replace

#: The TTL if none is stated, or if the provider chooses it.
DEFAULT_TTL = 3600
#: Types of the records that a provider fills in for an alias.
ADDRESSES = ("A", "AAAA")
#: Types of the records that Cloudflare can answer with its own addresses.
PROXIED = ("A", "AAAA", "CNAME")
_STRING = 255


class Nameless(Struct, frozen=True):
    """A text with the version of a record, whose name is unknown."""

    text: str
    place: Place


class Contents(Struct, frozen=True):
    """The contents of one file. ``left_out`` are messages on what looks like DNS but was not read.

    ``sensitive`` are texts in it that must not be shown; ``proposed``: mailproof proposed these changes.
    """

    zones: tuple[ZoneFile, ...] = ()
    changes: Mapping[Key, Patch] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    proposed: bool = False
    nameless: tuple[Nameless, ...] = ()

    def over(self, inner: Resolver | None = None) -> Resolver:
        """A resolver that answers from it, and everything else from ``inner`` (None: not at all)."""
        zones = ZoneResolver(*self.zones)
        base: Resolver = zones
        if inner is not None:
            base = OverlayResolver(zones, inner) if self.zones else inner
        return PatchResolver(base, self.changes) if self.changes else base


class Gathered:
    """Builds the contents from the records of one zone (or of one plan).

    ``whole``: the list is complete, so a record that is not listed does not exist.
    """

    def __init__(self, file: str, origin: str, *, whole: bool) -> None:
        self.file, self.whole = file, whole
        self.origin = key_of(origin) or ""
        self.records: list[ZoneRecord] = []
        self.changes: dict[Key, Patch] = {}
        self.left_out: list[str] = []
        self.sensitive: list[str] = []

    def add(
        self, owner: str, rrtype: str, rdata: Rdata, ttl: int, place: Place, *, part: bool = True
    ) -> None:
        """Add one record. ``part``: if the zone is not ``whole``, its record set may have other records."""
        if len(self.records) + len(self.changes) >= ZoneLimits().records:
            raise place.fault(f"more than {ZoneLimits().records} records")
        if self.whole:
            if not is_below(owner, self.origin):
                raise place.fault(f"{owner} {rrtype} is outside the zone {self.origin}")
            self.records.append(ZoneRecord(owner, rrtype, ttl, rdata, place.written))
            return
        held = self._patch_for(owner, rrtype, part=part)
        if rdata in held.records:
            return
        self.changes[owner, rrtype] = replace(
            held,
            records=(*held.records, rdata),
            places=(*held.places, place.written),
            ttl=min(held.ttl, ttl) if held.records else ttl,
        )

    def unstated(self, owner: str, rrtype: str, reason: str) -> None:
        """Record that there will be such records, but the file does not say which."""
        self.changes[owner, rrtype] = replace(self._patch_for(owner, rrtype, part=False), unstated=reason)

    def addresses(self, owner: str, reason: str) -> None:
        """As ``unstated``, for the types of addresses."""
        for rrtype in ADDRESSES:
            self.unstated(owner, rrtype, reason)

    def proxied(self, owner: str) -> None:
        """As ``addresses``, for a record of Cloudflare."""
        self.addresses(owner, f"{owner} is proxied or flattened: Cloudflare answers with other addresses")

    def reads(self, owner: str, rrtype: str, place: Place) -> bool:
        """Whether it is a record type; anything else is listed as not read."""
        known = record_type(rrtype) is not None
        if not known:
            where = f"{place.file}:{place.line}"
            self.left_out.append(f"{where}: {rrtype[:40]} {owner} is not a record and was not read")
        return known

    def removed(self, owner: str, rrtype: str, gone: Rdata | None) -> None:
        """Remove a record; with None, all of that name and type."""
        held = self._patch_for(owner, rrtype, part=gone is not None)
        if gone is not None:
            held = replace(held, gone=(*held.gone, gone))
        self.changes[owner, rrtype] = held

    def _patch_for(self, owner: str, rrtype: str, *, part: bool) -> Patch:
        held = self.changes.get((owner, rrtype))
        if held is None:
            return Patch(ttl=DEFAULT_TTL, part=part and rrtype != "CNAME", server=self.file)
        return held

    def contents(self) -> Contents:
        """The contents: a zone if it is whole, else changes."""
        zones: tuple[ZoneFile, ...] = ()
        domains: tuple[str, ...] = (self.origin,) if self.origin else ()
        if self.whole:
            zones = (ZoneFile.of_records(self.records, self.origin, self.file),)
        elif not domains:
            domains = _domains(self.changes)
        return Contents(zones, self.changes, domains, tuple(self.left_out), tuple(self.sensitive))


def joined(parts: list[Contents]) -> Contents:
    """The contents of several zones."""
    return Contents(
        tuple(zone for part in parts for zone in part.zones),
        merged(part.changes for part in parts),
        tuple(dict.fromkeys(domain for part in parts for domain in part.domains)),
        tuple(line for part in parts for line in part.left_out),
    )


def owner_of(name: str, place: Place) -> str:
    """The key of an absolute name; U-labels become A-labels. Raises ZoneFileError."""
    try:
        text = name if name.isascii() else to_ascii(name)
    except UsageError as error:
        raise place.fault(str(error)) from None
    key = key_of(text)
    if not key:
        raise place.fault(f"{name[:60]!a} is not a domain name")
    return key


def absolute_name(name: str, zone: str) -> str:
    """The absolute form of a name in a zone; ``@`` and the empty name are the zone itself."""
    if name.endswith("."):
        return name
    return zone if name in ("@", "") else f"{name}.{zone}"


def text_record(text: str, place: Place) -> Rdata:
    """A TXT record with the text split into strings. Raises ZoneFileError."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > 65000:
        raise place.fault("TXT data of over 65000 octets")
    strings = [raw[at : at + _STRING] for at in range(0, len(raw), _STRING)] or [b""]
    return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)


def parse_rdata(rrtype: str, data: str, place: Place, zone: str = "") -> Rdata:
    """Parse presentation format; names without a final dot are relative to ``zone``. Raises ZoneFileError."""
    try:
        origin = dns.name.from_text(zone) if zone else dns.name.root
        kind = dns.rdatatype.from_text(rrtype)
        return dns.rdata.from_text(dns.rdataclass.IN, kind, data, origin, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        reason = str(error).replace("\n", " ").removeprefix("Text input is malformed.")
        raise place.fault(f"{rrtype[:20]} data cannot be read: {reason[:200]}") from None


def caa_data(flags: str, tag: str, value: str) -> str:
    """The data of a CAA record; its value may contain semicolons."""
    quoted = value.replace('"', "")
    return f'{flags or 0} {tag} "{quoted}"'


def text_as_given(text: str, place: Place) -> Rdata:
    """A TXT record: in presentation format if it begins with a quote, else its plain text."""
    return parse_rdata("TXT", text, place) if text.startswith('"') else text_record(text, place)


def _domains(changes: Mapping[Key, Patch]) -> tuple[str, ...]:
    """The mail domains in a plan: those with a DMARC policy, an SPF record or a mail host."""
    found: dict[str, None] = {}
    for (owner, rrtype), patch in changes.items():
        if owner.startswith("_dmarc."):
            found[owner.removeprefix("_dmarc.")] = None
        elif rrtype == "MX" or (rrtype == "TXT" and any(map(_is_spf, patch.records))):
            found[owner] = None
    return tuple(name for name in found if not name.startswith("*"))


def _is_spf(record: Rdata) -> bool:
    return txt_bytes(record).lower().startswith(b"v=spf1")
