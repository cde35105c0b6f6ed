"""MX: hosts reachable over IPv6 only

## What it checks
The addresses of all MX hosts together. The rule fires where there are IPv6 addresses and not one IPv4
address.

## Why it matters
Much of the Internet still sends over IPv4 only and can't deliver.

## How to fix
Give one of the hosts an IPv4 address.

## Example
Before:

    acme.example.      MX   10 mail.acme.example.
    mail.acme.example. AAAA 2001:db8::25

After:

    acme.example.      MX   10 mail.acme.example.
    mail.acme.example. AAAA 2001:db8::25
    mail.acme.example. A    192.0.2.25

## References
- RFC 3974 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import one_family
from mailproof.model import DomainFacts, Severity


@declare(Severity.WARNING)
def check(facts: DomainFacts, report: Reporter) -> None:
    one_family(facts, report, "IPv4", ": senders without IPv6 can't deliver")
