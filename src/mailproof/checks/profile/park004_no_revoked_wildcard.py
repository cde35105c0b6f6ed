"""Parked domain: no revoked wildcard DKIM key

## What it checks
The TXT records at `*._domainkey` of a parked domain. The rule fires where none is a DKIM key record with an
empty `p=`.

## Why it matters
An empty `p=` revokes the key of every selector, so no old or guessed signature verifies. Without it the
same mail fails too, because there is no key; the record makes it explicit.

## How to fix
Publish `v=DKIM1; p=` at `*._domainkey`.

## Example
Before: no record at `*._domainkey.acme.example`.

After:

    *._domainkey.acme.example. TXT "v=DKIM1; p="

## References
- RFC 6376 section 3.6.1
- M3AAWG Protecting Parked Domains Best Common Practices, section 3
"""

from mailproof.checks.base import Reporter, Undetermined, answered, declare, improvement, required
from mailproof.checks.profile._facts import parked
from mailproof.model import DomainFacts, FixRecord, Location, Severity
from mailproof.records.dkim_key import parse_dkim_key


@declare(Severity.INFO, needs="dkim_discovery")
def check(facts: DomainFacts, report: Reporter) -> None:
    parked(facts)
    if facts.dkim_discovery is None and any(each.collector == "dkim" for each in facts.failures):
        raise Undetermined("could not collect the DKIM keys")
    found = required(facts.dkim_discovery, "the DKIM keys were not looked up")
    answered(found.domainkey, found.control)
    if any(parse_dkim_key(text).revoked for text in found.wildcard_records):
        return
    name = f"*._domainkey.{facts.domain}"
    report(
        f"{facts.domain} is parked, but {name} does not revoke the keys of all selectors.",
        location=Location(name, "TXT", found.wildcard_records[0] if found.wildcard_records else ""),
        fix=improvement("Publish a revoked key for all selectors", FixRecord(name, "TXT", "v=DKIM1; p=")),
    )
