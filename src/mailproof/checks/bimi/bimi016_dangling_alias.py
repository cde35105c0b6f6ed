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
from mailproof.checks.publishing import without_alias
from mailproof.model import DomainFacts, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    aliased = False
    for selector in looked_up(facts, report):
        for lookup in selector.lookups:
            aliased = aliased or bool(lookup.chain or lookup.found)
            if not lookup.chain or not lookup.absent:
                continue
            missing = "does not exist" if lookup.status == "nxdomain" else "has no TXT record"
            report(
                f"{lookup.name} is an alias of {lookup.chain[-1]}, which {missing}.",
                location=Location(lookup.name, "CNAME", lookup.chain[-1]),
                evidence=(lookup.describe(),),
                fix=without_alias(lookup, "remove the alias"),
            )
    if not aliased:
        raise NotApplicable("no BIMI record")
