"""DANE: TLSA record with undefined parameters

## What it checks
Usage, selector and matching type of each TLSA record. The rule fires where one is not defined (usage 0 to
3, selector 0 to 1, matching type 0 to 2), or where the record has a syntax error.

## Why it matters
Senders skip a record that they can't read. Where there is no other, they encrypt without authenticating the
host.

## How to fix
Publish the record again, as `3 1 1` and the SHA-256 of the host's public key.

## Example
Before:

    _25._tcp.mx1.acme.example. TLSA 3 2 1 1a1a…

After:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

## References
- RFC 6698 section 2.1
- RFC 7671 section 4.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import broken, replacement_fix, with_records
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.WARNING, with_records, consequence="tidy", needs="transport")
def check(facts: DomainFacts, hosts: tuple[DaneHostFacts, ...], report: Reporter) -> None:
    for host, record, what, where in broken(hosts, "usage", "selector", "matching", "syntax"):
        report(
            f"The TLSA record of {host.host} can't be used: {what}.",
            location=where,
            fix=replacement_fix(facts, host, record),
        )
