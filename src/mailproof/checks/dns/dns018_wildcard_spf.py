"""DNS: wildcard SPF record

## What it checks
A name that doesn't exist below the domain. The rule fires where it has an SPF record, from a wildcard (`*`)
TXT record.

## Why it matters
Every host that the record allows can send with an SPF pass from any invented subdomain. Other TXT lookups
(DMARC of subdomains, verification) get a stray record. A wildcard `v=spf1 -all` allows no one, and is only
noted.

## How to fix
1. Give each subdomain that relies on the wildcard an SPF record of its own.
2. Remove the wildcard, since the sp= of DMARC covers invented subdomains, or change it to `v=spf1 -all`.

A wildcard doesn't cover names that exist, nor the names below them.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    acme.example. TXT "v=spf1 mx -all"
    *.acme.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    acme.example. TXT "v=spf1 mx -all"

## References
- RFC 7208 section 3.5
- RFC 4592 section 2.2.2
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, FixRecord, Location, Lookup, Severity


@declare(Severity.WARNING, wildcard("TXT"), needs="health")
def check(facts: DomainFacts, lookup: Lookup, report: Reporter) -> None:
    for text in lookup.records if not lookup.chain else ():
        terms = text.lower().split()
        if not terms or terms[0] != "v=spf1":
            continue
        closed = terms == ["v=spf1", "-all"]
        name = f"*.{facts.domain}"
        report(
            f"{name} publishes an SPF record for every name below {facts.domain} that doesn't exist"
            f"{', which allows no host to send' if closed else ''}.",
            location=Location(name, "TXT", text),
            evidence=(f"TXT {lookup.name}: {text}",),
            fix=None
            if closed
            else decision(
                "Remove the wildcard record once each subdomain that sends has an SPF record of its own.",
                FixRecord(name, "TXT", text, action="remove"),
            ),
            severity=Severity.INFO if closed else Severity.WARNING,
        )
