"""SPF: record at the wrong name

## What it checks
Where the domain has no SPF record: `_spf.`, `spf.` and similar names below it, the wildcard, its doubled name
(`<domain>.<domain>`), and the names of other records, such as `_dmarc.`. The rule fires where there is an SPF
record at one of them.

## Why it matters
Receivers query the TXT records of the domain itself and of no other name. A record at `_spf.` counts only
where the domain's own record includes it.

## How to fix
Publish the record at the domain itself.

## Example
Before:

    _spf.acme.example. TXT "v=spf1 mx -all"

After:

    acme.example. TXT "v=spf1 mx -all"

## References
- RFC 7208 section 3
- RFC 7208 section 4.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.misplaced import misplaced_findings
from mailproof.checks.spf._facts import spf_of
from mailproof.checks.spf._fixes import as_read
from mailproof.model import DomainFacts, Fix, Location, Lookup, Severity, SpfFacts
from mailproof.records.spf import is_spf, read_spf


@declare(Severity.ERROR, spf_of, needs="dkim misplaced")
def check(facts: DomainFacts, spf: SpfFacts, report: Reporter) -> None:
    if spf.root.status != "none":
        return
    for lookup in spf.elsewhere:
        if lookup.undetermined:
            report.unanswered(lookup)
            continue
        record = next((text for text in lookup.records if is_spf(text)), "")
        why = f"is not read for mail from {facts.domain}: receivers look only there, and find none"
        if lookup.name.startswith("*."):
            why = f"is read for the names below {facts.domain} alone, not for {facts.domain}, which has none"
        report(
            f"The SPF record at {lookup.name} {why}.",
            location=Location(lookup.name, "TXT", record),
            fix=_fix(facts, lookup, record, alone=len(spf.elsewhere) == 1),
        )
    if facts.misplaced is not None:
        misplaced_findings(report, facts, "spf")


def _fix(facts: DomainFacts, lookup: Lookup, record: str, *, alone: bool) -> Fix:
    reading = read_spf(record)
    if lookup.chain:  # it belongs to a provider who may change it
        return Fix(
            f"If {lookup.chain[-1]} sends for the domain, publish a record that includes {lookup.name}"
        )
    if not alone or reading is None:
        return Fix("Publish one record at the domain itself that contains, or includes, all of them")
    return as_read("Publish the record at the domain itself", facts.domain, reading)
