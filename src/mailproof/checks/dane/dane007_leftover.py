"""DANE: TLSA record matches no certificate in use

## What it checks
Usable TLSA records beside one that matches. The rule fires on those that match none of the certificates
seen.

## Why it matters
During a key change this is right: the next key's record is published before the key is used. Afterwards it
is a leftover, and if the old key was stolen, it is still accepted.

## How to fix
If no key change is under way, remove the record. For the next one: publish `3 1 1` of the new key beside
the old, wait two TTLs, change the key, then remove the old record.

## Example
Before:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…
    _25._tcp.mx1.acme.example. TLSA 3 1 1 0f0f…

After (only the key in use):

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

## References
- RFC 7671 section 8.1
- RFC 7672 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import certificate_seen, published, record_location, removals, with_records
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.INFO, each=with_records, needs="transport")
def check(facts: DomainFacts, host: DaneHostFacts, report: Reporter) -> None:
    if not certificate_seen(facts, report, host):
        return
    used = {index for match in host.matches for index in match.records}
    for index, record in enumerate(host.records):
        if used and record.usable and index not in used:
            summary = "Remove it, unless it is for the next key; then keep both until the change"
            report(
                f"The TLSA record {record.parameters} {record.data[:16]}… of {host.host} matches no "
                "certificate that the host shows.",
                location=record_location(host, record),
                fix=published(facts, host, summary, removals(host, record), "decision"),
            )
