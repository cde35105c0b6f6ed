"""DANE: TLSA record of the whole certificate

## What it checks
TLSA records of usage 3. The rule fires where one is for the whole certificate (selector 0), with no record
for its key beside it.

## Why it matters
Every renewal makes a new certificate, and the record must change with it. A record of the key (selector 1)
lasts as long as the key is kept.

## How to fix
Publish `3 1 1` beside it, renew with the same key, and remove the old record after two TTLs.

## Example
Before:

    _25._tcp.mx1.acme.example. TLSA 3 0 1 3c3c…

After:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

## References
- RFC 7671 section 5.1
- RFC 7672 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import published, record_location, records_for_keys, with_records
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.INFO, each=with_records, needs="transport")
def check(facts: DomainFacts, host: DaneHostFacts, report: Reporter) -> None:
    if any(record.usable and record.selector == 1 for record in host.records):
        return
    for record in host.records:
        if record.usable and record.usage == 3 and record.selector == 0:
            summary = "Publish 3 1 1 of the host's key beside it, and keep the key at each renewal"
            report(
                f"The TLSA record {record.parameters} of {host.host} is for the whole certificate: "
                "it will break at the next renewal.",
                location=record_location(host, record),
                fix=published(facts, host, summary, records_for_keys(facts, host), "improvement"),
            )
