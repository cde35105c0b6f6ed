"""Parked domain: SPF record isn't v=spf1 -all

## What it checks
The SPF record of a parked domain. The rule fires where it is missing or not `v=spf1 -all`.

## Why it matters
Any other record lets some hosts, or all of them, send in the name of a domain that no one watches.

## How to fix
Publish `v=spf1 -all` as the only SPF record.

## Example
Before:

    acme.example. TXT "v=spf1 mx include:esp.example ~all"

After:

    acme.example. TXT "v=spf1 -all"

## References
- RFC 7208 section 10.1.2
- M3AAWG Protecting Parked Domains Best Common Practices, section 3
"""

from mailproof.checks.base import Reporter, Undetermined, collected, decision, declare
from mailproof.checks.profile._facts import parked
from mailproof.checks.spf._facts import failed
from mailproof.model import DomainFacts, FixRecord, Location, Severity


@declare(Severity.WARNING, because_of="SPF004 SPF019 SPF036")
def check(facts: DomainFacts, report: Reporter) -> None:
    parked(facts)
    root = collected(facts.spf, "could not collect the SPF record").root
    if root.status == "unknown":
        raise Undetermined.of(*failed(root))
    if root.status == "multiple":
        return  # SPF002 reports it
    if root.record is not None and root.record.closed:
        return
    record = root.records[0] if root.records else ""
    what = f"its SPF record is {record[:80]!r}" if record else "it has no SPF record"
    summary = "Publish an SPF record that refuses every host"
    report(
        f"{facts.domain} is parked, but {what}; v=spf1 -all refuses every host.",
        location=Location(facts.domain, "TXT", record),
        fix=decision(summary, FixRecord(facts.domain, "TXT", "v=spf1 -all")),
    )
