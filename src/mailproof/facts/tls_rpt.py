"""The TLS reporting facts of a domain (RFC 8460)."""

from __future__ import annotations

from mailproof.dns import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.together import together
from mailproof.facts.mta_sts import MAX_OTHER
from mailproof.model import DmarcUri, TlsRptDestination, TlsRptFacts
from mailproof.records.dmarc_uri import uri_domain
from mailproof.records.tls_rpt import is_tls_rpt, parse_tls_rpt

MAX_DESTINATIONS = 10


async def collect_tls_rpt(domain: str, resolver: Resolver) -> TlsRptFacts:
    """The record of a domain (A-labels), and whether its mailboxes' domains take mail."""
    answer = await resolver.query(f"_smtp._tls.{domain}", "TXT")
    texts = answer.as_lookup().records
    records = tuple(text for text in texts if is_tls_rpt(text))
    record = parse_tls_rpt(records[0]) if len(records) == 1 else None
    boxes = [uri for uri in (record.rua if record else ()) if uri.scheme == "mailto" and uri_domain(uri)]
    return TlsRptFacts(
        domain=domain,
        lookup=answer.as_lookup(),
        records=records,
        other_txt=tuple(text for text in texts if not is_tls_rpt(text))[:MAX_OTHER],
        record=record,
        destinations=tuple(
            await together(*(_destination(uri, resolver) for uri in boxes[:MAX_DESTINATIONS]))
        ),
    )


async def _destination(uri: DmarcUri, resolver: Resolver) -> TlsRptDestination:
    """A domain without MX takes mail at its own addresses (RFC 5321 section 5.1); a null MX takes none."""
    name = uri_domain(uri)
    answer = await resolver.query(name, "MX")
    takes: bool | None = None
    if answer.found:
        takes = not _is_null(answer)
    elif answer.status == "nxdomain":
        takes = False
    elif answer.status == "nodata":
        a, aaaa = await ask(resolver, (name, "A"), (name, "AAAA"))
        if a.found or aaaa.found:
            takes = True
        elif a.absent and aaaa.absent:
            takes = False
    return TlsRptDestination(uri.text, name, takes, answer.as_lookup())


def _is_null(answer: Answer) -> bool:
    return all(text.endswith(" .") for text in answer.as_lookup().records)
