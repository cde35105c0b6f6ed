"""The mail hosts are reachable over IPv6 only

## What it checks
Whether all MX hosts together have IPv6 addresses and not one IPv4 address.

## Why it matters
Much of the Internet still sends over IPv4 alone and cannot deliver.

## How to fix
Give one of the hosts an IPv4 address.

## References
- RFC 3974 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import one_family
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    one_family(facts, report, "IPv4", ": senders without IPv6 cannot deliver")
