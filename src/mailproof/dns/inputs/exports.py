"""Reads all record sets of a zone, as listed by Route 53, Google Cloud DNS and the PowerDNS API.

``aws route53 list-resource-record-sets``, ``gcloud dns record-sets list --format json``, and ``GET
/api/v1/servers/localhost/zones/ZONE``. (``pdnsutil list-zone`` prints a zone file.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from mailproof.dns.inputs.contents import ADDRESSES, Contents, Gathered, owner_of, parse_rdata, text_as_given
from mailproof.dns.inputs.located import Node

_OCTAL = re.compile(r"\\(?:([0-3][0-7]{2})|.)")
#: Yields record types that a provider computes, and why they are unknown.
_Computed = Callable[[Node, str, str], Iterator[tuple[str, str]]]


class Export(Struct, frozen=True):
    """The format of an export: keys of its list of record sets, of their fields, and of a record's text.

    ``bare``: the list may be the top-level value. ``pages`` are keys that show an incomplete export;
    ``all_pages`` and ``all_sets`` say how to get all of it. ``computed`` yields the types of a record set
    that the provider computes. ``octal``: octets are escaped in octal.
    """

    listed: str
    name: str
    type: str
    ttl: str
    records: str
    computed: _Computed
    all_sets: str
    value: str = ""
    pages: tuple[str, ...] = ()
    all_pages: str = ""
    default_ttl: int = 300
    bare: bool = False
    octal: bool = False

    def fits(self, root: Node) -> bool:
        """Whether the JSON has this format."""
        return any(each.get(self.records) for each in self._sets(root))

    def read(self, root: Node) -> Contents:
        """The zone. Raises ZoneFileError if it is incomplete."""
        if any((found := root.get(key)) and found.value for key in self.pages):
            raise root.place.fault(f"only the first page of the zone: {self.all_pages}")
        sets = self._sets(root)
        soa = next((each for each in sets if each.text(self.type) == "SOA"), None)
        if soa is None:
            raise root.place.fault(f"no SOA in it, so that its zone is not known: {self.all_sets}")
        gathered = Gathered(root.place.file, root.text("name") or self._owner(soa), whole=True)
        for each in sets:
            self._add_set(each, gathered)
        return gathered.contents()

    def _sets(self, root: Node) -> tuple[Node, ...]:
        return (root.array() if self.bare else ()) or root.array(self.listed)

    def _text(self, node: Node, *keys: str) -> str:
        return unescaped(node.text(*keys)) if self.octal else node.text(*keys)

    def _owner(self, node: Node) -> str:
        return owner_of(self._text(node, self.name), node.place)

    def _add_set(self, node: Node, gathered: Gathered) -> None:
        rrtype, owner = node.text(self.type).upper(), self._owner(node)
        computed = tuple(self.computed(node, owner, rrtype))
        for kind, reason in computed:
            gathered.unstated(owner, kind, reason)
        if computed or not gathered.reads(owner, rrtype, node.place):
            return
        if node.get(self.records) is None:
            raise node.place.fault(f"a record set without {self.records}")
        for record in _enabled(node, self.records):
            value = (self.value and record.get(self.value)) or record
            text, place = self._text(value), value.place
            rdata = (
                text_as_given(text, place) if rrtype in ("TXT", "SPF") else parse_rdata(rrtype, text, place)
            )
            gathered.add(owner, rrtype, rdata, node.number(self.ttl, self.default_ttl), place)


def _enabled(node: Node, key: str) -> list[Node]:
    return [each for each in node.each(key) if not each.is_true("disabled")]


def _of_route53(node: Node, owner: str, rrtype: str) -> Iterator[tuple[str, str]]:
    if node.get("AliasTarget") is not None:
        yield rrtype, f"alias at {owner}: Route 53 fills in the records"
    elif node.get("SetIdentifier") is not None:
        yield rrtype, f"{owner} has several record sets, and Route 53 chooses one for each answer"


def _of_google(node: Node, owner: str, rrtype: str) -> Iterator[tuple[str, str]]:
    if rrtype == "ALIAS":
        for kind in ADDRESSES:
            yield kind, f"ALIAS at {owner}: Google fills in the addresses"
    elif node.get("routingPolicy") is not None:
        yield rrtype, f"{owner} has a routing policy: Google chooses what to answer"


def _of_powerdns(node: Node, owner: str, rrtype: str) -> Iterator[tuple[str, str]]:
    for record in _enabled(node, "records") if rrtype in ("ALIAS", "LUA") else ():
        if rrtype == "LUA":
            kind = record.text("content").partition(" ")[0].upper()
            yield kind, f"LUA at {owner}: PowerDNS computes the answer"
        for kind in ADDRESSES if rrtype == "ALIAS" else ():
            yield kind, f"ALIAS at {owner}: PowerDNS fills in the addresses"


def unescaped(text: str) -> str:
    r"""Convert Route 53's octal escapes (``\052`` is ``*``) to the decimal ones of zone files."""

    def decimal(match: re.Match[str]) -> str:
        if match[1] is None:  # an escaped character, such as a backslash before digits
            return match[0]
        code = int(match[1], 8)
        plain = chr(code)
        return plain if plain.isascii() and (plain.isalnum() or plain in "*-_/:=+") else f"\\{code:03d}"

    return _OCTAL.sub(decimal, text)


ROUTE53 = Export(
    "ResourceRecordSets",
    "Name",
    "Type",
    "TTL",
    "ResourceRecords",
    _of_route53,
    "export the whole hosted zone",
    value="Value",
    pages=("IsTruncated", "NextToken", "NextRecordName"),
    all_pages="export it without --max-items and --no-paginate",
    octal=True,
)
_KEYS = ("rrsets", "name", "type", "ttl")
GOOGLE = Export(
    *_KEYS,
    "rrdatas",
    _of_google,
    "list the whole zone, without --name and --filter",
    pages=("nextPageToken",),
    all_pages="list it with gcloud, which takes all pages",
    bare=True,
)
POWERDNS = Export(
    *_KEYS,
    "records",
    _of_powerdns,
    "get the whole zone, without rrset_name and rrset_type",
    value="content",
    default_ttl=3600,
)
