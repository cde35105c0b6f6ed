"""DNS: wildcard CNAME

## What it checks
A name that doesn't exist below the domain. The rule fires where it is an alias, from a wildcard (`*`)
CNAME.

## Why it matters
All names that mail looks up below the domain (`_dmarc`, `_mta-sts`, selectors) answer with the target's
records, or with none. No subdomain counts as non-existent, so np= of DMARC never applies. If the target is
given up, all of them can be taken over at once.

## How to fix
Publish the names that you need, and remove the wildcard.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    *.acme.example. CNAME www.acme.example.
    www.acme.example. A 192.0.2.80

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    shop.acme.example. CNAME www.acme.example.
    www.acme.example. A 192.0.2.80

## References
- RFC 4592 section 2.2.2
- RFC 9989 section 4.10
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, Location, Lookup, Severity


@declare(Severity.WARNING, wildcard("TXT"), needs="health")
def check(facts: DomainFacts, lookup: Lookup, report: Reporter) -> None:
    if not lookup.chain:
        return
    name = f"*.{facts.domain}"
    report(
        f"{name} makes every name below {facts.domain} an alias of {lookup.chain[0]}.",
        location=Location(name, "CNAME", lookup.chain[0]),
        evidence=(" -> ".join((lookup.name, *lookup.chain)),),
        fix=decision(f"Publish the names that you need, and remove {name}."),
    )
