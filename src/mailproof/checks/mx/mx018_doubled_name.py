"""MX: domain appended to a host's name

## What it checks
MX hosts without an address, or with one from a wildcard alone. The rule fires where one is another host's
name with the domain at its end, such as `mail.acme.example.acme.example` or
`mx.provider.example.acme.example`: what a zone file makes of a name without its final dot.

## Why it matters
The name doesn't exist, so mail is not delivered to that host.

## How to fix
Write the final dot, or only the part before the domain.

## Example
Before:

    acme.example. MX 10 mail.acme.example.acme.example.

After:

    acme.example. MX 10 mail.acme.example.

## References
- RFC 1035 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import hosts_with_names, intended_name, mx_location, replace_mx
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity


@declare(Severity.ERROR, each=hosts_with_names)
def check(facts: DomainFacts, host: MxHostFacts, report: Reporter) -> None:
    meant = intended_name(facts, host)
    if not meant:
        return
    summary = f"Write the name as {meant}. with its final dot"
    report(
        f"The MX host {host.host} should be {meant}: the final dot is missing.",
        location=mx_location(facts, host),
        evidence=tuple(lookup.describe() for lookup in host.lookups),
        fix=replace_mx(facts, host, meant, summary) if host.meant == meant else Fix(summary),
    )
