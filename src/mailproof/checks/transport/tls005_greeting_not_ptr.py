"""SMTP: name in EHLO reply is neither MX nor PTR

## What it checks
The name in each mail host's reply to EHLO. The rule points out one that is neither the MX host nor a PTR name
of its address.

## Why it matters
Some receivers compare the three when the host sends mail too. A mismatch costs a few points, seldom more.

## How to fix
Set the server's name to the PTR name of its address.

## Example
Before:

    250-smtp-in.example.net              ; the MX host and the PTR name are mx1.acme.example

After:

    250-mx1.acme.example

## References
- RFC 5321 section 4.1.4
- RFC 1912 section 2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import greeted, location
from mailproof.model import DomainFacts, MxConnectionFacts, Severity


@declare(Severity.INFO, each=greeted, consequence="tidy")
def check(facts: DomainFacts, each: MxConnectionFacts, report: Reporter) -> None:
    name = (each.ehlo_name or each.greeting_name).rstrip(".").lower()
    if not name or "." not in name or name == each.host or name.startswith("["):
        return
    known = [address for host in facts.mx for address in host.addresses]
    pointer = next((address.ptr for address in known if address.address == each.address), None)
    if pointer is None or pointer.undetermined:
        if pointer is not None:
            report.unanswered(pointer)
        else:
            report.unknown(f"the PTR of {each.address} was not looked up")
        return
    names = tuple(text.rstrip(".").lower() for text in pointer.records)
    if name not in names:
        report(
            f"{each.place} calls itself {name}, which is neither the MX host nor a PTR name.",
            location=location(each),
            evidence=(f"PTR of {each.address}: {', '.join(names) or 'none'}",),
            fix="Set the server's host name to the PTR name, or have the PTR record changed.",
        )
