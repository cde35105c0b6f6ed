"""MX: hosts differ from mailproof.toml

## What it checks
The hosts of the MX records, compared with `expect.mx` of the domain in mailproof.toml, whatever their
order and preference. An empty list expects no MX record, or the null MX.

## Why it matters
Mail goes to a host that no one planned, or no longer to one that should take it.

## How to fix
Restore the MX records. Where the change is meant, change mailproof.toml with it.

## Example
With `expect.mx = ["mx1.acme.example"]`, before:

    acme.example. MX 10 mx1.acme.example.
    acme.example. MX 20 mx.old.example.

After:

    acme.example. MX 10 mx1.acme.example.

## References
- RFC 5321 section 5.1
- RFC 7505 section 3
"""

from mailproof.checks.base import Reporter, answered, collected, declare
from mailproof.checks.expected._facts import wanted
from mailproof.checks.mx._facts import mx_location
from mailproof.model import DomainFacts, Location, Severity


@declare(Severity.ERROR, needs="mx mx_lookup")
def check(facts: DomainFacts, report: Reporter) -> None:
    expected = {host.lower().rstrip(".") for host in wanted(facts, lambda each: each.mx)} - {""}
    answered(collected(facts.mx_lookup, "the MX records could not be collected"))
    published = {host.host: host for host in facts.mx if not host.implicit and host.host != "."}
    for name, host in published.items():
        if name not in expected:
            report(
                f"{name} is a mail host of {facts.domain} that mailproof.toml doesn't list.",
                location=mx_location(facts, host),
            )
    place = next((mx_location(facts, host) for host in published.values()), Location(facts.domain, "MX"))
    for name in sorted(expected - set(published)):
        report(f"{name} is no mail host of {facts.domain}, and mailproof.toml expects it.", location=place)
