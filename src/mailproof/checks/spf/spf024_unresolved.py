"""SPF: lookups failed

## What it checks
The lookups for every name that the record refers to. This rule has no findings: where a lookup failed, the
outcome is `unknown`, with the names.

## Why it matters
A receiver that meets the same failure ends in `temperror`, and most then ask the sender to try again later.
What could not be looked up may need further lookups, which are missing from the counts.

## How to fix
Try again. If the failure persists, report it to the operator of the name servers for the names listed.

## Example
Before:

    acme.example. TXT "v=spf1 include:esp.example -all"
    esp.example.  TXT ; SERVFAIL

After:

    acme.example. TXT "v=spf1 include:esp.example -all"
    esp.example.  TXT "v=spf1 ip4:203.0.113.0/24 -all"

## References
- RFC 7208 section 2.6.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import record_of, spf_of
from mailproof.model import DomainFacts, Severity


@declare(Severity.WARNING)
def check(facts: DomainFacts, report: Reporter) -> None:
    record_of(facts)
    report.unanswered(*spf_of(facts).unknown)
