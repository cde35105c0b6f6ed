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
from mailproof.checks.blocklist._facts import evidence, listed, of_role
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    sending = of_role(facts, report, "sending")
    for listing in listed(sending, policy=True):
        meanings = "; ".join(code.meaning for code in listing.codes)
        report(
            f"The sending host {listing.subject} is listed by {listing.blocklist}: {meanings}.",
            location=Location(listing.lookup.name, "A", listing.lookup.records[0]),
            evidence=evidence(listing),
            fix=Fix(
                f"Send through the provider's server, or have the address taken out at {listing.removal}."
            ),
            severity=Severity.ERROR if listing.major else Severity.WARNING,
        )
