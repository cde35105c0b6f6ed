"""A mail host greets by a name that its address does not know

## What it checks
Whether the name by which a host answers EHLO is the MX host's or one of the PTR names of its address.

## Why it matters
Some receivers compare the three when the host sends mail too; a mismatch costs a few points, seldom
more.

## How to fix
Give the server the name that the PTR record of its address holds.

## References
- RFC 5321 section 4.1.4
- RFC 1912 section 2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, talked
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    pointers = {address.address: address for host in facts.mx for address in host.addresses}
    for each in talked(facts, report):
        name = (each.ehlo_name or each.greeting_name).rstrip(".").lower()
        if not name or "." not in name or name == each.host or name.startswith("["):
            continue
        known = pointers.get(each.address)
        pointer = known.ptr if known is not None else None
        if pointer is None or pointer.undetermined:
            if pointer is not None:
                report.unanswered(pointer)
            else:
                report.unknown(f"the PTR of {each.address} was not looked up")
            continue
        names = tuple(text.rstrip(".").lower() for text in pointer.records)
        if name not in names:
            report(
                f"{each.place} calls itself {name}, which is neither the MX host nor a PTR name.",
                location=location(each),
                evidence=(f"PTR of {each.address}: {', '.join(names) or 'none'}",),
                fix=Fix("Set the server's own name to the PTR name, or have the PTR changed."),
            )
