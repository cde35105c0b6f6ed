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
from mailproof.checks.blocklist._facts import END_THE_CAUSE, listed, of_role, report_listing
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for listing in listed(of_role(facts, report, "sending"), policy=False):
        report_listing(report, listing, f"The sending host {listing.subject}", END_THE_CAUSE)
