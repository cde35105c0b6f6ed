"""_dmarc is an alias that leads nowhere

## What it checks
Whether `_dmarc.<domain>` is a CNAME whose target has no TXT record.

## Why it matters
The domain then has no record of its own, though the panel shows an entry. If the target's domain can be
registered by anyone, its new owner sets your policy and receives your reports.

## How to fix
Have the provider publish the record at the target, or replace the CNAME by a TXT record of your own.

## References
- RFC 1034 section 3.6.2
- RFC 9989 section 4.10
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import FIRST_RECORD, own_step, walked
from mailproof.checks.mistaken import dangling
from mailproof.model import DomainFacts, FixRecord, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = own_step(facts).lookup
    if walked(facts).record is not None:
        dangling(report, lookup, "remove the alias: the policy of the domain above then applies")
        return
    otherwise = f'replace the alias by a TXT record of your own, to begin with "{FIRST_RECORD}"'
    dangling(report, lookup, otherwise, FixRecord(lookup.name, "TXT", FIRST_RECORD))
