"""Reports go to a domain that takes no mail

## What it checks
Whether the domain of each `rua` and `ruf` mailto address can take mail: it exists and has an MX that is not
the null MX, or an address.

## Why it matters
The reports cannot be delivered. You learn nothing of who sends in your name, and nobody notices.

## How to fix
Name a mailbox that exists, or let its domain take mail.

## References
- RFC 9989 section 4.7
- RFC 5321 section 5.1
- RFC 7505
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Fix, Lookup, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="reports")


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for each in found.dmarc.destinations:
        if each.mail is None:
            continue
        if each.takes_mail is None:
            report.unanswered(each.mail)
        if each.takes_mail is not False:
            continue
        uris = found.record.rua if each.tag == "rua" else found.record.ruf
        uri = next((uri for uri in uris if uri.text == each.uri), None)
        report(
            f"Reports to {each.uri} cannot be delivered: {each.domain} {_why(each.mail)}.",
            location=found.at(uri.start, uri.end) if uri else found.at_tag(each.tag),
            evidence=(each.mail.describe(), *each.mail.records[:3]),
            fix=Fix(f"Name a mailbox that is read in {each.tag}=, or let {each.domain} take mail."),
        )


def _why(lookup: Lookup) -> str:
    if lookup.found:
        return "declares with a null MX that it takes no mail"
    return "does not exist" if lookup.status == "nxdomain" else "has neither an MX nor an address"
