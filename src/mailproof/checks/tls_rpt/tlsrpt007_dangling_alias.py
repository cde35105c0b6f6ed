"""_smtp._tls is an alias that leads nowhere

## What it checks
Whether `_smtp._tls.<domain>` is a CNAME whose target has no TXT record.

## Why it matters
No reports come, though the panel shows an entry. If the target can be registered by anyone, its new owner
can have your reports sent to him.

## How to fix
Have the provider publish the record at the target, or replace the alias by a record of your own.

## References
- RFC 8460 section 3
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.publishing import without_alias
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import DomainFacts, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = reporting(facts).lookup
    if not lookup.chain or not lookup.absent:
        return
    missing = "does not exist" if lookup.status == "nxdomain" else "has no TXT record"
    report(
        f"{lookup.name} is an alias of {lookup.chain[-1]}, which {missing}.",
        location=Location(lookup.name, "CNAME", lookup.chain[-1]),
        evidence=(lookup.describe(),),
        fix=without_alias(lookup, "remove the alias and publish a record with a mailbox that is read"),
    )
