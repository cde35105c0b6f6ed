"""What ``aws route53 list-resource-record-sets`` prints: all records of a hosted zone."""

from __future__ import annotations

import re

from mailproof.dns.inputs.contents import Contents, Gathered, owner_of, written
from mailproof.dns.inputs.located import Node

_OCTAL = re.compile(r"\\([0-3][0-7]{2})")


def is_route53(root: Node) -> bool:
    """Whether the JSON is of this form."""
    return root.get("ResourceRecordSets") is not None


def read_route53(root: Node) -> Contents:
    """The zone. Raises ZoneFileError where it is not all of it."""
    if root.is_true("IsTruncated") or root.get("NextToken") or root.get("NextRecordName"):
        raise root.place.fault(
            "only the first page of the zone: export it without --max-items and --no-paginate"
        )
    sets = root.each("ResourceRecordSets")
    soa = next((each for each in sets if each.text("Type") == "SOA"), None)
    if soa is None:
        raise root.place.fault("no SOA in it, so that its zone is not known: export the whole hosted zone")
    gathered = Gathered(root.place.file, owner_of(unescaped(soa.text("Name")), soa.place), whole=True)
    for each in sets:
        _record_set(each, gathered)
    return gathered.contents()


def unescaped(text: str) -> str:
    r"""Route 53 writes octets in octal (``\052`` is ``*``), where zone files have decimal numbers."""

    def decimal(match: re.Match[str]) -> str:
        code = int(match[1], 8)
        plain = chr(code)
        return plain if plain.isalnum() or plain in "*-_/:=+" else f"\\{code:03d}"

    return _OCTAL.sub(decimal, text)


def _record_set(node: Node, gathered: Gathered) -> None:
    rrtype = node.text("Type").upper()
    owner = owner_of(unescaped(node.text("Name")), node.place)
    if node.get("AliasTarget") is not None:
        gathered.unstated(owner, rrtype, f"alias at {owner}: Route 53 fills in the records")
        return
    if node.get("SetIdentifier") is not None:
        gathered.unstated(
            owner, rrtype, f"{owner} has several record sets, and Route 53 chooses one for each answer"
        )
        return
    for record in node.each("ResourceRecords"):
        place = record.place
        rdata = written(rrtype, unescaped(record.text("Value")), place)
        gathered.add(owner, rrtype, rdata, node.number("TTL", 300), place.of(record.get("Value")))
