"""The TLS reporting facts of a domain (RFC 8460)."""

from __future__ import annotations

from mailproof.dns import Resolver
from mailproof.facts.mta_sts import MAX_OTHER
from mailproof.facts.mx import take_mail
from mailproof.model import TlsRptDestination, TlsRptFacts
from mailproof.records.dmarc_uri import uri_domain
from mailproof.records.tags import divided
from mailproof.records.tls_rpt import is_tls_rpt, parse_tls_rpt

MAX_DESTINATIONS = 10


async def collect_tls_rpt(domain: str, resolver: Resolver) -> TlsRptFacts:
    """The record of a domain (A-labels), and whether the domains of its report mailboxes accept mail."""
    answer = await resolver.query(f"_smtp._tls.{domain}", "TXT")
    records, others = divided(answer.lookup.records, is_tls_rpt)
    record = parse_tls_rpt(records[0]) if len(records) == 1 else None
    boxes = [uri for uri in (record.rua if record else ()) if uri.scheme == "mailto" and uri_domain(uri)]
    del boxes[MAX_DESTINATIONS:]
    taken = await take_mail(map(uri_domain, boxes), resolver)
    return TlsRptFacts(
        domain=domain,
        lookup=answer.lookup,
        records=records,
        other_txt=others[:MAX_OTHER],
        record=record,
        destinations=tuple(
            TlsRptDestination(uri.text, uri_domain(uri), *taken[uri_domain(uri)]) for uri in boxes
        ),
    )
