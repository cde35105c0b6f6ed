"""DNS: wildcard MX record

## What it checks
A name that doesn't exist below the domain. The rule fires where it has an MX record, from a wildcard (`*`).

## Why it matters
Mail to mistyped or invented subdomains is not rejected at once but delivered to your hosts. Each invented
subdomain also looks as if it could receive replies, which helps spammers.

## How to fix
If you don't want that, remove the wildcard, and publish MX records for the subdomains that need them.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    *.acme.example. MX 10 mx1.acme.example.

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    news.acme.example. MX 10 mx1.acme.example.

## References
- RFC 4592 section 2.2.2
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, Location, Lookup, Severity


@declare(Severity.INFO, wildcard("MX"), needs="health")
def check(facts: DomainFacts, lookup: Lookup, report: Reporter) -> None:
    if (
        not lookup.found
        or lookup.chain
        or any(record.split()[-1].strip(".") == "" for record in lookup.records)
    ):
        return
    name = f"*.{facts.domain}"
    report(
        f"{name} has an MX record: mail to any invented name below {facts.domain} goes to "
        f"{', '.join(record.split()[-1].rstrip('.') for record in lookup.records)}.",
        location=Location(name, "MX", lookup.records[0]),
        evidence=(lookup.describe(),),
        fix=decision(
            f"If you don't want that, remove {name}, and publish MX records for the subdomains that need "
            "them."
        ),
    )
