"""A mail host's PTR does not lead back to its address

## What it checks
Whether one of the PTR names of each MX address has an A or AAAA record with that address. It weighs only
where SPF's `mx` says that these hosts send too.

## Why it matters
Receivers trust a PTR only when the name confirms it: anyone can write any name into the reverse zone of
their addresses.

## How to fix
Publish the address at the PTR's name, or have the PTR changed to the host's name.

## References
- Gmail error 4.7.23 and 5.7.25
- RFC 8601 section 2.7.3 (iprev)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import host_addresses, is_found, names_mx
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("spf",))


def check(facts: DomainFacts, report: Reporter) -> None:
    for host, address in host_addresses(facts, report):
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
        names = ", ".join(address.ptr.records[:3])
        report(
            f"The address {address.address} of {host.host} points to {names}, which does not point back.",
            location=Location(address.ptr.name, "PTR", address.ptr.records[0]),
            evidence=tuple(lookup.describe() for lookup in address.forward),
            fix=Fix(f"Have the provider of the address change its PTR record to {host.host}"),
            severity=Severity.WARNING if names_mx(facts) else Severity.INFO,
        )
