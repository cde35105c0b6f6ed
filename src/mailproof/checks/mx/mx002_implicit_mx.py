"""MX: no record, mail goes to the domain's address

## What it checks
The MX records of the domain. The rule fires where there is none and the domain has an address of its own.

## Why it matters
Senders fall back to the domain's address, usually a web server without a mail server: mail waits for days and
bounces. Some receivers count the missing MX against the sender.

## How to fix
Publish an MX record; for a domain without mail, a null MX (`0 .`).

## Example
Before:

    acme.example. A  192.0.2.80

After:

    acme.example. A  192.0.2.80
    acme.example. MX 10 mail.acme.example.

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import hosts, mx_location
from mailproof.model import DomainFacts, MxHostFacts, Severity


@declare(Severity.WARNING, each=hosts, because_of="MX021")
def check(facts: DomainFacts, host: MxHostFacts, report: Reporter) -> None:
    if not host.implicit:
        return
    if not host.addresses:
        report.unanswered(*host.lookups)
        return
    listed = ", ".join(address.address for address in host.addresses[:4])
    summary = "Publish an MX record for the host that takes the mail, or a null MX (0 .) if there is none"
    report(
        f"{facts.domain} has no MX record, so its mail goes to the domain's own address ({listed}).",
        location=mx_location(facts, host),
        evidence=tuple(lookup.describe() for lookup in (facts.mx_lookup, *host.lookups) if lookup),
        fix=decision(summary),
    )
