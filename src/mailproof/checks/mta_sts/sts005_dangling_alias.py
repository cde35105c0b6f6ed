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
from mailproof.checks.mistaken import dangling
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    dangling(report, sts_of(facts).lookup, "remove the alias")
