"""BIMI: dangling CNAME

## What it checks
A CNAME at `<selector>._bimi.<domain>`. The rule fires where its target has no TXT record, or only other ones.

## Why it matters
Receivers show no logo, although the panel shows an entry. If anyone can register the target, its new owner
chooses your logo.

## How to fix
Ask the provider to publish the record at the target, or remove the CNAME.

## Example
Before:

    default._bimi.acme.example. CNAME acme._bimi.provider.example.
    provider.example. A 192.0.2.1

After:

    default._bimi.acme.example. CNAME acme._bimi.provider.example.
    acme._bimi.provider.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a="

## References
- draft-brand-indicators-for-message-identification section 7.2
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.bimi._facts import looked_up
from mailproof.checks.mistaken import dangling
from mailproof.model import DomainFacts, Severity
from mailproof.records.bimi import BIMI


@declare(Severity.WARNING, because_of="DNS021 DNS023")
def check(facts: DomainFacts, report: Reporter) -> None:
    lookups = [lookup for selector in looked_up(facts, report) for lookup in selector.lookups]
    for lookup in lookups:
        dangling(report, lookup, BIMI, "remove the CNAME")
    if not any(lookup.chain or lookup.found for lookup in lookups):
        raise NotApplicable("no BIMI record")
