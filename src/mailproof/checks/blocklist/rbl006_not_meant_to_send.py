"""A sending host is in a range that should not send mail

## What it checks
Whether a list of policy (such as Spamhaus PBL) holds an address given with `--ip`: no abuse was seen,
but the provider or the list says that the range sends no mail directly (dynamic lines, hosts by
default).

## Why it matters
Receivers that use the list refuse mail from it as from a home connection.

## How to fix
Send through the provider's outgoing server; or, for a mail server with a fixed address and PTR, take the
address out of the list (the owner can do that alone).

## References
- Spamhaus PBL
- RFC 5782
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import listed, of_role, report_listing
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    todo = "Send through the provider's server, or have the address taken out"
    for listing in listed(of_role(facts, report, "sending"), policy=True):
        report_listing(report, listing, f"The sending host {listing.subject}", todo)
