"""A report destination has not agreed to take the reports

## What it checks
For each `rua` and `ruf` address of another organizational domain: whether `<policy
domain>._report._dmarc.<destination>` holds a TXT record that begins with `v=DMARC1`.

## Why it matters
Receivers must not send reports to a third party that did not agree, so these reports never arrive.

## How to fix
The owner of the destination publishes the record; report services do it for their customers, often with
a wildcard.

## References
- RFC 9990 section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="reports")


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for destination in found.dmarc.destinations:
        name = f"{found.dmarc.policy_domain}._report._dmarc.{destination.domain}"
        if destination.authorized is None:
            lookup = destination.lookup
            if lookup:
                report.unanswered(lookup)
            else:
                report.unknown(f"the walk from {destination.domain} failed")
        if destination.authorized is not False:
            continue
        uris = found.record.rua if destination.tag == "rua" else found.record.ruf
        uri = next((uri for uri in uris if uri.text == destination.uri), None)
        why = destination.note or f"it has not agreed to take them for {found.dmarc.policy_domain}"
        report(
            f"Reports to {destination.uri} are not sent; {destination.domain}: {why}.",
            location=found.at(uri.start, uri.end) if uri else found.at_tag(destination.tag),
            evidence=(destination.lookup.describe(),) if destination.lookup else (),
            fix=Fix(
                f'Ask the owner of {destination.domain} to publish {name} TXT "v=DMARC1;" there, or name an '
                "address of your own."
            ),
        )
