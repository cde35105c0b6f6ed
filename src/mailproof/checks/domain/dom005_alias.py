"""Domain: CNAME at the mail domain

## What it checks
The domain itself. The rule fires where it is an alias (CNAME).

## Why it matters
All records come from the target: MX and SPF are those of its owner, and your own records beside the CNAME
are not seen. `_dmarc` and `_domainkey` don't follow the alias.

## How to fix
Replace the CNAME by address records (or the provider's ALIAS), and publish your own MX and TXT records.

## Example
Before:

    acme.example. CNAME shop.hosting.example.
    shop.hosting.example. A 192.0.2.1
    shop.hosting.example. MX 10 mail.hosting.example.

After:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. A 192.0.2.1
    acme.example. MX 10 mail.hosting.example.

## References
- RFC 1034 section 3.6.2
- RFC 5321 section 2.3.5
- RFC 1912 section 2.4
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Location, Severity


@declare(Severity.WARNING, because_of="DNS022", needs="mx_lookup")
def check(facts: DomainFacts, report: Reporter) -> None:
    soa_of(facts)
    aliased = (facts.soa, facts.ns, facts.mx_lookup)
    chain = next((lookup.chain for lookup in aliased if lookup is not None and lookup.chain), ())
    if not chain:
        return
    summary = f"Replace the CNAME by the address records of {chain[-1]} and by your own MX and TXT records."
    report(
        f"{facts.domain} is a CNAME to {chain[-1]}, so all its mail records are those of {chain[-1]}.",
        location=Location(facts.domain, "CNAME", chain[0]),
        evidence=(" -> ".join((facts.domain, *chain)),),
        fix=decision(summary),
    )
