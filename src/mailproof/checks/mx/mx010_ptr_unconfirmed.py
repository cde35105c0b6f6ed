"""MX: PTR doesn't lead back to the host's address

## What it checks
The PTR names of each MX address. The rule fires where none of them has an A or AAAA record with that address.
It is a warning only where SPF's `mx` says that these hosts send too; otherwise it is information.

## Why it matters
Receivers trust a PTR record only if the name confirms it: anyone can put any name in the reverse zone of
their addresses.

## How to fix
Publish the address at the PTR name, or have the PTR record changed to the host's name.

## Example
Before:

    25.2.0.192.in-addr.arpa. PTR old.acme.example.
    old.acme.example.        A   192.0.2.26

After:

    25.2.0.192.in-addr.arpa. PTR mail.acme.example.
    mail.acme.example.       A   192.0.2.25

## References
- Gmail error 4.7.23 and 5.7.25
- RFC 8601 section 2.7.3 (iprev)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import host_addresses, is_confirmed, is_found, names_mx
from mailproof.model import AddressFacts, DomainFacts, Location, MxHostFacts, Severity


@declare(Severity.WARNING, each=host_addresses, needs="spf")
def check(facts: DomainFacts, host: MxHostFacts, address: AddressFacts, report: Reporter) -> None:
    if not is_found(address.ptr, report) or is_confirmed(address, report):
        return
    names = ", ".join(address.ptr.records[:3])
    report(
        f"The address {address.address} of {host.host} has the PTR name {names}, which doesn't lead back "
        "to it.",
        location=Location(address.ptr.name, "PTR", address.ptr.records[0]),
        evidence=tuple(lookup.describe() for lookup in address.forward),
        fix=f"Ask the provider of the address to change its PTR record to {host.host}",
        severity=Severity.WARNING if names_mx(facts) else Severity.INFO,
    )
