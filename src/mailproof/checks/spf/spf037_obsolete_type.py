"""SPF: record of the obsolete type SPF (99)

## What it checks
Records of the DNS type SPF at the domain. The rule is a warning where one says what no TXT record says.

## Why it matters
RFC 7208 retired the type: receivers query TXT only. Where the two differ, an edit to the SPF type has no
effect.

## How to fix
Remove the record of type SPF. If there is no TXT record yet, publish its content as TXT.

## Example
Before:

    acme.example. TXT "v=spf1 mx -all"
    acme.example. SPF "v=spf1 a mx ~all"

After:

    acme.example. TXT "v=spf1 mx -all"

## References
- RFC 7208 section 3.1
- RFC 7208 section 14.1
"""

from mailproof.checks.base import Reporter, answered, declare, required
from mailproof.checks.spf._facts import spf_of
from mailproof.checks.spf._fixes import as_read
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity, SpfFacts
from mailproof.records.spf import read_spf
from mailproof.structs import replace


@declare(Severity.INFO, spf_of)
def check(facts: DomainFacts, spf: SpfFacts, report: Reporter) -> None:
    type99 = required(spf.type99, "the DNS type SPF was not queried")
    answered(type99)
    for record in type99.records:
        same = record in spf.root.records
        says = "it says the same as the TXT record" if same else "no TXT record says the same"
        removal = FixRecord(facts.domain, "SPF", f'"{record}"', action="remove")
        report(
            f"{facts.domain} has a record of the type SPF, which no receiver reads any more; {says}.",
            location=Location(facts.domain, "SPF", record),
            fix=_fix(facts, record, removal, same=same),
            severity=None if same else Severity.WARNING,
        )


def _fix(facts: DomainFacts, record: str, removal: FixRecord, *, same: bool) -> Fix:
    root, type99 = spf_of(facts).root, spf_of(facts).type99
    several = type99 is not None and len(type99.records) > 1
    reading = read_spf(record)
    if root.status == "none" and reading is not None and reading.meant and not several:
        fix = as_read("Publish it as a TXT record", facts.domain, reading)
        return replace(fix, records=(*fix.records, removal))
    summary = "Remove it" if same else "Make sure that the TXT record names all senders, and remove this one"
    return Fix(summary, (removal,), "improvement" if same else "decision")
