"""A sending host is on a blocklist

## What it checks
The addresses given with `--ip`, asked of the blocklists that were chosen. A list that is hardly used for
refusing mail counts as a warning.

## Why it matters
Receivers that use the list refuse mail from the address (5xx, often with the list's name) or put it into
Junk, whatever SPF, DKIM and DMARC say.

## How to fix
Find the cause first (a compromised account or host, a bought list of addresses, an open form), and end
it. Then ask for removal where the list says how. Removal without a cure brings you back within days.

## References
- RFC 5782
- RFC 6471
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import evidence, listed, of_role
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    sending = of_role(facts, report, "sending")
    for listing in listed(sending, policy=False):
        meanings = "; ".join(code.meaning for code in listing.codes)
        report(
            f"The sending host {listing.subject} is listed by {listing.blocklist}: {meanings}.",
            location=Location(listing.lookup.name, "A", listing.lookup.records[0]),
            evidence=evidence(listing),
            fix=Fix(f"Find and end the cause, then ask for removal at {listing.removal}."),
            severity=Severity.ERROR if listing.major else Severity.WARNING,
        )
