"""DNS: wildcard DMARC record

## What it checks
A name that doesn't exist below the domain. The rule fires where it has a DMARC record, from a wildcard
(`*`) TXT record.

## Why it matters
`_dmarc.<anything>.<domain>` then has that record as its own. For every invented subdomain it overrides the
sp= and np= of the domain's record.

## How to fix
Remove the wildcard, and set the policy for subdomains with sp= and np= in the domain's own record.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _dmarc.acme.example. TXT "v=DMARC1; p=reject"
    *.acme.example. TXT "v=DMARC1; p=none"

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; sp=none"

## References
- RFC 9989 section 4.10
- RFC 4592 section 2.2.2
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, FixRecord, Location, Lookup, Severity


@declare(Severity.WARNING, wildcard("TXT"), needs="health")
def check(facts: DomainFacts, lookup: Lookup, report: Reporter) -> None:
    for text in lookup.records if not lookup.chain else ():
        if not text.replace(" ", "").lower().startswith("v=dmarc1"):
            continue
        name = f"*.{facts.domain}"
        report(
            f"{name} publishes a DMARC record for every name below {facts.domain} that doesn't exist.",
            location=Location(name, "TXT", text),
            evidence=(f"TXT {lookup.name}: {text}",),
            fix=decision(
                "Set the policy for subdomains with sp= and np= in the domain's own record, and remove the "
                "wildcard record.",
                FixRecord(name, "TXT", text, action="remove"),
            ),
        )
