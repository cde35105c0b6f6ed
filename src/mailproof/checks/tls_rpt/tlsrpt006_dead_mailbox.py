"""TLS reports go to a domain that takes no mail

## What it checks
Whether the domain of each mailto destination exists and takes mail (an MX that is not the null MX, or an
address).

## Why it matters
The reports bounce, and nobody notices.

## How to fix
Name a mailbox that is read, or let its domain take mail.

## References
- RFC 8460 section 3
- RFC 7505
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.tls_rpt._facts import at, record_of
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found, record = record_of(facts)
    for destination in found.destinations:
        if destination.takes_mail is None:
            report.unanswered(destination.lookup)
        if destination.takes_mail is not False:
            continue
        uri = next((uri for uri in record.rua if uri.text == destination.uri), None)
        report(
            f"Reports for {facts.domain} go to {destination.uri}, but {destination.domain} takes no mail.",
            location=at(found, record.text, uri.start if uri else None, uri.end if uri else None),
            evidence=(destination.lookup.describe(), *destination.lookup.records[:3]),
            fix=Fix(f"Name a mailbox that is read in rua=, or let {destination.domain} take mail."),
        )
