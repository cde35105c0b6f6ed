"""What the TLS reporting rules share: the record and guards for what is not known."""

from __future__ import annotations

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.model import DomainFacts, Fix, FixRecord, Location, TlsRptFacts, TlsRptRecord
from mailproof.records.tls_rpt import is_usable


def reporting(facts: DomainFacts) -> TlsRptFacts:
    """The TLS reporting facts. Raises NotApplicable, or Undetermined where the look-up failed."""
    if facts.tls_rpt is None:
        raise NotApplicable("TLS reporting was not looked at")
    if facts.tls_rpt.lookup.undetermined:
        raise Undetermined(facts.tls_rpt.lookup.describe())
    return facts.tls_rpt


def record_of(facts: DomainFacts) -> tuple[TlsRptFacts, TlsRptRecord]:
    """The one record. Raises NotApplicable where there is none, or more than one."""
    found = reporting(facts)
    if found.record is None:
        raise NotApplicable("several TLS reporting records" if found.records else "no TLS reporting record")
    return found, found.record


def at(found: TlsRptFacts, text: str, start: int | None = None, end: int | None = None) -> Location:
    """The record, or characters of it."""
    return Location(found.lookup.name, "TXT", text, start, end)


def mended(found: TlsRptFacts, record: TlsRptRecord, summary: str, drop: tuple[str, ...] = ()) -> Fix:
    """A fix that keeps the destinations that can be used, without those of the texts ``drop``."""
    kept = tuple(dict.fromkeys(uri.text for uri in record.rua if is_usable(uri) and uri.text not in drop))
    return Fix(
        summary,
        (
            FixRecord(found.lookup.name, "TXT", record.text, action="remove"),
            FixRecord(found.lookup.name, "TXT", first_record(found.domain, kept)),
        ),
    )


def first_record(domain: str, destinations: tuple[str, ...] = ()) -> str:
    """A record with these destinations, or with a mailbox of the domain's own."""
    return f"v=TLSRPTv1; rua={','.join(destinations) or f'mailto:tls-reports@{domain}'}"
