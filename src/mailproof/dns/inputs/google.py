"""What ``gcloud dns record-sets list --format json`` prints: all records of a zone of Google Cloud."""

from __future__ import annotations

from mailproof.dns.inputs.contents import Contents, Gathered, owner_of, text_as_given, written
from mailproof.dns.inputs.located import Node


def is_google(root: Node) -> bool:
    """Whether the JSON is of this form: the list, or the reply of the API with ``rrsets``."""
    return any(each.get("rrdatas") or each.get("routingPolicy") for each in _sets(root))


def read_google(root: Node) -> Contents:
    """The zone. Raises ZoneFileError where it is not all of it."""
    if root.get("nextPageToken"):
        raise root.place.fault("only the first page of the zone: list it with gcloud, which takes all pages")
    sets = _sets(root)
    soa = next((each for each in sets if each.text("type") == "SOA"), None)
    if soa is None:
        raise root.place.fault(
            "no SOA in it, so that its zone is not known: list the whole zone, without --name and --filter"
        )
    gathered = Gathered(root.place.file, owner_of(soa.text("name"), soa.place), whole=True)
    for each in sets:
        _record_set(each, gathered)
    return gathered.contents()


def _sets(root: Node) -> tuple[Node, ...]:
    found = root if isinstance(root.value, tuple) else root.get("rrsets")
    return found.value if found is not None and isinstance(found.value, tuple) else ()


def _record_set(node: Node, gathered: Gathered) -> None:
    rrtype = node.text("type").upper()
    owner = owner_of(node.text("name"), node.place)
    if rrtype == "ALIAS":
        gathered.addresses(owner, f"ALIAS at {owner}: Google fills in the addresses")
        return
    if node.get("routingPolicy") is not None:
        gathered.unstated(owner, rrtype, f"{owner} has a routing policy: Google chooses what to answer")
        return
    if not gathered.reads(owner, rrtype, node.place):
        return
    if node.get("rrdatas") is None:
        raise node.place.fault("a record set without rrdatas")
    for record in node.each("rrdatas"):
        text = record.text()
        is_text = rrtype in ("TXT", "SPF")
        rdata = text_as_given(text, record.place) if is_text else written(rrtype, text, record.place)
        gathered.add(owner, rrtype, rdata, node.number("ttl", 300), record.place)
