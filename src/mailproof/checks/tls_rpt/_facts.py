"""Shared by the TLS reporting rules: the record and guards for unknown facts."""

from __future__ import annotations

from mailproof.checks.base import answered, required
from mailproof.checks.published import Published, the_one
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, Lookup, TlsRptFacts, TlsRptRecord
from mailproof.records.tag_repair import repaired
from mailproof.records.tls_rpt import TLS_RPT, is_usable, parse_tls_rpt


def reporting(facts: DomainFacts) -> TlsRptFacts:
    """The TLS-RPT facts. Raises NotApplicable, or Undetermined if the lookup failed."""
    found = required(facts.tls_rpt, "TLS-RPT was not checked")
    answered(found.lookup)
    return found


def record_of(facts: DomainFacts) -> Published[TlsRptRecord]:
    """The record. Raises NotApplicable if there is none, or more than one."""
    found = reporting(facts)
    return Published(found.lookup, the_one(found.record, found.records, "TLS-RPT"))


def corrected(lookup: Lookup, domain: str, text: str) -> Fix:
    """A fix that publishes the record that ``text`` was intended as; words if no destination is clear."""
    value = repaired(text, TLS_RPT)
    record = parse_tls_rpt(value)
    if not record.valid or any(not is_usable(uri) for uri in record.rua):
        return Fix("Write v=TLSRPTv1; rua=mailto: and an address that you read; separate several by commas.")
    return replaced(lookup, domain, "Publish the corrected record.", (text,), value)
