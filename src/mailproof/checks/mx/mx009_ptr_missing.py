"""MX: no PTR record for a host's address

## What it checks
The PTR record of each address of the MX hosts. A missing one is a warning only where SPF's `mx` says that
these hosts send too; otherwise it is information.

## Why it matters
Receivers reject or defer mail from addresses without reverse DNS, over IPv6 without exception.

## How to fix
Ask the owner of the address (your provider) to set the PTR record to the name that the host greets with.

## Example
Before:

    25.2.0.192.in-addr.arpa. PTR ; NXDOMAIN

After:

    25.2.0.192.in-addr.arpa. PTR mail.acme.example.

## References
- Gmail error 4.7.23 and 5.7.25
- RFC 1912 section 2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import host_addresses, names_mx
from mailproof.model import AddressFacts, DomainFacts, Location, MxHostFacts, Severity
from mailproof.records.networks import why_unroutable


@declare(Severity.WARNING, each=host_addresses, needs="spf")
def check(facts: DomainFacts, host: MxHostFacts, address: AddressFacts, report: Reporter) -> None:
    if address.ptr is None or address.ptr.found or why_unroutable(address.address):
        return  # other rules cover such addresses
    if address.ptr.undetermined:
        report.unanswered(address.ptr)
        return
    report(
        f"The address {address.address} of {host.host} has no PTR record.",
        location=Location(address.ptr.name, "PTR"),
        evidence=(address.ptr.describe(),),
        fix=f"Ask the provider of the address to set its PTR record to {host.host}",
        severity=Severity.WARNING if names_mx(facts) else Severity.INFO,
    )
