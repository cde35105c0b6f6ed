"""A BIMI name is an alias that leads nowhere

## What it checks
Whether `<selector>._bimi.<domain>` is a CNAME whose target has no TXT record.

## Why it matters
No logo is shown, though the panel shows an entry. If the target can be registered by anyone, its new
owner chooses your logo.

## How to fix
Have the provider publish the record at the target, or remove the alias.

## References
- draft-brand-indicators-for-message-identification section 7.2
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.bimi._facts import looked_up
from mailproof.checks.mistaken import dangling
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    lookups = [lookup for selector in looked_up(facts, report) for lookup in selector.lookups]
    for lookup in lookups:
        dangling(report, lookup, "remove the alias")
    if not any(lookup.chain or lookup.found for lookup in lookups):
        raise NotApplicable("no BIMI record")
