"""Fixes of the SPF rules: a valid record that the owner can publish and that names senders, else words."""

from __future__ import annotations

from mailproof.checks.spf._facts import is_own
from mailproof.model import DomainFacts, Fix, FixKind, FixRecord, SpfNode, SpfRecord
from mailproof.records.spf import SpfReading, parse_spf, read_spf
from mailproof.records.spf.parse import MAX_READ
from mailproof.structs import replace

CUT = (
    "Publish the whole record again from your own copy: the part that was cut off is not in the DNS. Split a "
    "TXT record of more than 255 octets into several strings."
)


def publish(
    facts: DomainFacts,
    node: SpfNode,
    summary: str,
    text: str | None,
    kind: FixKind = "repair",
    apart: tuple[str, ...] = (),
) -> Fix:
    """Publish ``text`` as the record of ``node``, with other faults corrected, and ``apart`` separately.

    Only words if ``text`` is None or remains broken, if the record is not the owner's, or if no host could
    send.
    """
    if not is_own(facts, node):
        return Fix(
            f"Report it to the owner of {node.domain}, or remove the term of your record that leads there",
            kind=kind,
        )
    if node.lookup is not None and node.lookup.chain:
        owner = node.lookup.chain[-1]
        return Fix(f"{summary}. {node.domain} is an alias: the record to change is at {owner}", kind=kind)
    if node.record is not None and node.record.cut:
        return Fix(CUT)
    # Every fix is parsed and evaluated again, so it is bounded; no one publishes longer records.
    reading = read_spf(text) if text is not None and len(text) <= MAX_READ else None
    if reading is None or reading.meant is None:
        return Fix(summary, kind=kind)
    before = node.record or (parse_spf(node.records[0]) if node.records else None)
    if before is not None and _reaches(before) and not _reaches(parse_spf(reading.meant)):
        return Fix(
            f"{summary}. Name the sending hosts first: without that term the record names none.", kind=kind
        )
    return as_read(summary, node.domain, replace(reading, apart=(*apart, *reading.apart)), kind)


def _reaches(record: SpfRecord) -> bool:
    """Whether receivers reach a term that lets a host pass."""
    return any(term.kind == "modifier" or term.qualifier == "+" for term in record.reached)


def as_read(summary: str, domain: str, reading: SpfReading, kind: FixKind = "repair") -> Fix:
    """Publish the intended record, and separately what belongs elsewhere; words if it is unclear."""
    if reading.meant is None:
        return Fix(summary, kind=kind)
    own = (
        f", and {' and '.join(map(repr, reading.apart))} in a TXT record of its own" if reading.apart else ""
    )
    texts = (reading.meant, *reading.apart)
    return Fix(f"{summary}{own}", tuple(FixRecord(domain, "TXT", text) for text in texts), kind)
