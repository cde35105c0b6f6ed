"""MX: hosts reachable over IPv4 only

## What it checks
The addresses of all MX hosts together. The rule points out where none is IPv6.

## Why it matters
This is not a fault, but national and government profiles (such as Internet.nl's) ask for both.

## How to fix
Add an AAAA record, with a matching PTR record, once the host takes mail over IPv6.

## Example
Before:

    acme.example.      MX   10 mail.acme.example.
    mail.acme.example. A    192.0.2.25

After:

    acme.example.      MX   10 mail.acme.example.
    mail.acme.example. A    192.0.2.25
    mail.acme.example. AAAA 2001:db8::25

## References
- RFC 3974 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import one_family
from mailproof.model import DomainFacts, Severity


@declare(Severity.INFO)
def check(facts: DomainFacts, report: Reporter) -> None:
    one_family(facts, report, "IPv6", "")
