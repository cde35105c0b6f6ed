"""_mta-sts is an alias that leads nowhere

## What it checks
Whether `_mta-sts.<domain>` is a CNAME whose target has no TXT record.

## Why it matters
The domain has no MTA-STS, though the panel shows an entry. If the target can be registered by anyone, its
new owner can announce a policy that stops your mail.

## How to fix
Have the provider publish the record at the target, or remove the alias.

## References
- RFC 8461 section 8.2
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.checks.publishing import without_alias
from mailproof.model import DomainFacts, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts = sts_of(facts)
    lookup = sts.lookup
    if not lookup.chain or not lookup.absent:
        return
    missing = "does not exist" if lookup.status == "nxdomain" else "has no TXT record"
    report(
        f"{lookup.name} is an alias of {lookup.chain[-1]}, which {missing}.",
        location=Location(lookup.name, "CNAME", lookup.chain[-1]),
        evidence=(lookup.describe(),),
        fix=without_alias(lookup, "remove the alias"),
    )
