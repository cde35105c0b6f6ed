"""The mail hosts are reachable over IPv4 only

## What it checks
Whether none of the MX hosts has an IPv6 address.

## Why it matters
It is no fault; national and government profiles (such as Internet.nl's) ask for both.

## How to fix
Add an AAAA record, with a PTR that matches, once the host takes mail over IPv6.

## References
- RFC 3974 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import one_family
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    one_family(facts, report, "IPv6", "")
