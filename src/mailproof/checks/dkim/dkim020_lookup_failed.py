"""DKIM: key lookup failed

## What it checks
The lookups of DKIM keys. Where one failed (SERVFAIL, timeout, REFUSED, or DNSSEC signatures that do not
verify), the outcome of this rule is unknown: the key may or may not be published.

## Why it matters
Receivers that meet the same failure give `dkim=temperror` and may defer the message.

## How to fix
Check the name servers of the domain, and those of the target if the selector is a CNAME. Then try again.

## Example
Before:

    s1._domainkey.acme.example. TXT ; SERVFAIL

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 6.1.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DkimDiscovery, DomainFacts, Severity


@declare(Severity.WARNING, discovery)
def check(facts: DomainFacts, search: DkimDiscovery, report: Reporter) -> None:
    report.unanswered(*(each.lookup for each in facts.dkim if each.status == "unknown"))
    report.unanswered(search.domainkey)
