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
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    own = own_step(facts)
    if not own.lookup.chain or not own.lookup.absent:
        return
    name, target = own.lookup.name, own.lookup.chain[-1]
    missing = "does not exist" if own.lookup.status == "nxdomain" else "has no TXT record"
    records: tuple[FixRecord, ...] = (FixRecord(name, "CNAME", f"{own.lookup.chain[0]}.", action="remove"),)
    instead = "remove the alias: the policy of the domain above then applies"
    if walked(facts).record is None:
        instead = f'replace the alias by a TXT record of your own, to begin with "{FIRST_RECORD}"'
        records = (*records, FixRecord(name, "TXT", FIRST_RECORD))
    report(
        f"{name} is an alias of {target}, which {missing}.",
        location=Location(name, "CNAME", target),
        evidence=(own.lookup.describe(),),
        fix=Fix(f"Ask the owner of {target} to publish the record there, or {instead}.", records, "decision"),
    )
