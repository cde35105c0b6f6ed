"""A sending host's PTR does not lead back to its address

## What it checks
Whether one of the PTR names of each sending address has an A or AAAA record with that address.

## Why it matters
Receivers demand forward-confirmed reverse DNS: a PTR that its name does not confirm counts as none.

## How to fix
Publish the address at the PTR's name, or have the PTR changed.

## References
- Gmail error 4.7.23 and 5.7.25
- RFC 8601 section 2.7.3 (iprev)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import is_found, sending_hosts
from mailproof.checks.ownership import is_owned
from mailproof.model import AddressFacts, DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("sending_hosts",), profiles="sending")


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in sending_hosts(facts):
        address = host.address
        if not is_found(address.ptr, report):
            continue
        if address.confirmed is None:
            failed = next((f for f in address.forward if f.undetermined), None)
            if failed:
                report.unanswered(failed)
            else:
                report.unknown("a PTR name failed")
        if address.confirmed is not False:
            continue
        name = address.ptr.records[0]
        report(
            f"The sending host {address.address} has the PTR name {name}, which does not point back to it.",
            location=Location(address.ptr.name, "PTR", name),
            evidence=tuple(lookup.describe() for lookup in address.forward),
            fix=_fix(facts, address, name),
        )


def _fix(facts: DomainFacts, address: AddressFacts, name: str) -> Fix:
    """The address may be added at a name of the domain that has none; others are not ours to change."""
    summary = (
        f"Publish {address.address} at {name}, or have the provider of the address change its PTR record"
    )
    rrtype = "AAAA" if ":" in address.address else "A"
    free = any(lookup.absent and lookup.name == name for lookup in address.forward)
    if not free or not is_owned(facts.domain, name):
        return Fix(summary)
    return Fix(summary, (FixRecord(name, rrtype, address.address),), "improvement")
