"""An SPF record of the obsolete type SPF (99)

## What it checks
Whether there is a record of the DNS type SPF at the domain.

## Why it matters
RFC 7208 retired the type: receivers ask for TXT alone. Where the two differ, whoever edits one of them
thinks that it counts.

## How to fix
Remove the record of type SPF; publish what it says as TXT if there is no TXT record yet.

## References
- RFC 7208 section 3.1
- RFC 7208 section 14.1
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.spf._facts import spf_of
from mailproof.checks.spf._fixes import as_read
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.spf import read_spf
from mailproof.structs import replace

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each record of the type; a warning where it says what no TXT record says."""
    spf = spf_of(facts)
    if spf.type99 is None:
        raise NotApplicable("the type SPF was not asked for")
    if spf.type99.undetermined:
        raise Undetermined.of(spf.type99)
    for record in spf.type99.records:
        same = record in spf.root.records
        says = "the same as the TXT record" if same else "what the TXT records do not say"
        removal = FixRecord(facts.domain, "SPF", f'"{record}"', action="remove")
        report(
            f"{facts.domain} has a record of the type SPF, which nobody reads any more; it says {says}.",
            location=Location(facts.domain, "SPF", record),
            fix=_fix(facts, record, removal, same=same),
            severity=None if same else Severity.WARNING,
        )


def _fix(facts: DomainFacts, record: str, removal: FixRecord, *, same: bool) -> Fix:
    root, type99 = spf_of(facts).root, spf_of(facts).type99
    several = type99 is not None and len(type99.records) > 1
    reading = read_spf(record)
    if root.status == "none" and reading is not None and reading.meant and not several:
        fix = as_read("Publish it as TXT", facts.domain, reading)
        return replace(fix, records=(*fix.records, removal))
    return Fix(
        "Remove it" if same else "Remove it, and see that the TXT record says all", (removal,), "improvement"
    )
