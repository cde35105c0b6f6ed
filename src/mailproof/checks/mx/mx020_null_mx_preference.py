"""A null MX has a preference other than 0

## What it checks
Whether the only MX record is a null MX (host `.`) whose preference is not 0.

## Why it matters
RFC 7505 defines the null MX with the preference 0. Most senders look at the host alone and take it for one
all the same; nothing obliges the others to.

## How to fix
Publish `0 .`.

## References
- RFC 7505 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import hosts, mx_location, replace_mx
from mailproof.model import DomainFacts, Fix, FixRecord, Severity

RULE = declare(__name__, __doc__, Severity.INFO, profiles="all")


def check(facts: DomainFacts, report: Reporter) -> None:
    """A note where the null MX is alone, and not written as the RFC has it."""
    found = hosts(facts)
    if len(found) != 1 or found[0].host != "." or not found[0].preference:
        return
    (null,) = found
    report(
        f"The null MX of {facts.domain} has the preference {null.preference}, where RFC 7505 has 0.",
        location=mx_location(facts, null),
        fix=Fix("Write it as 0 .", (*replace_mx(facts, null), FixRecord(facts.domain, "MX", "0 ."))),
    )
