"""Sending host: PTR doesn't lead back to the address

## What it checks
The PTR names of each address given as a sending host (`--ip`). The rule fires where none of them has an A or
AAAA record with that address.

## Why it matters
Receivers require forward-confirmed reverse DNS: a PTR record that its name doesn't confirm counts as none.

## How to fix
Publish the address at the PTR name, or have the PTR record changed.

## Example
Before:

    40.2.0.192.in-addr.arpa. PTR out.acme.example.
    out.acme.example.        A   192.0.2.41

After:

    40.2.0.192.in-addr.arpa. PTR out.acme.example.
    out.acme.example.        A   192.0.2.40

## References
- Gmail error 4.7.23 and 5.7.25
- RFC 8601 section 2.7.3 (iprev)
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.mx._facts import is_confirmed, is_found, sending_hosts
from mailproof.checks.ownership import is_owned
from mailproof.model import AddressFacts, DomainFacts, Fix, FixRecord, Location, SendingHostFacts, Severity
from mailproof.records.networks import rrtype_of


@declare(Severity.ERROR, each=sending_hosts, needs="sending_hosts", profiles="sending")
def check(facts: DomainFacts, host: SendingHostFacts, report: Reporter) -> None:
    address = host.address
    if not is_found(address.ptr, report) or is_confirmed(address, report):
        return
    name = address.ptr.records[0]
    report(
        f"The sending host {address.address} has the PTR name {name}, which doesn't lead back to it.",
        location=Location(address.ptr.name, "PTR", name),
        evidence=tuple(lookup.describe() for lookup in address.forward),
        fix=_fix(facts, address, name),
    )


def _fix(facts: DomainFacts, address: AddressFacts, name: str) -> Fix:
    """The address can be published at a name of the domain that has none; other names are not the owner's."""
    summary = (
        f"Publish {address.address} at {name}, or ask the provider of the address to change its PTR record"
    )
    rrtype = rrtype_of(address.address)
    free = any(lookup.absent and lookup.name == name for lookup in address.forward)
    if not free or not is_owned(facts.domain, name):
        return Fix(summary)
    return improvement(summary, FixRecord(name, rrtype, address.address))
