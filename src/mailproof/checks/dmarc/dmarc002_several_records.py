"""DMARC: several records at one name

## What it checks
The TXT records that begin with `v=DMARC1` at each name of the tree walk. The rule fires where a name has
more than one.

## Why it matters
Receivers ignore all of them, and the walk goes on to the name above. Another policy applies then, or none.

## How to fix
Keep one record. Where all of them ask for the same, replace them with one record that has all report
addresses. Where they don't, decide which policy you want, and remove the others.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:acme@esp.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.10 steps 2 and 6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.checks.publishing import replaced
from mailproof.model import DmarcFacts, DomainFacts, Fix, Location, Severity
from mailproof.records.dmarc import parse_dmarc, policy_warning
from mailproof.records.dmarc_text import merged, tested


@declare(Severity.ERROR, walked)
def check(facts: DomainFacts, dmarc: DmarcFacts, report: Reporter) -> None:
    own_step(facts)
    for step in dmarc.walk.steps:
        if len(step.records) < 2:
            continue
        name = step.lookup.name
        texts = step.records[:10]
        value = tested(merged(texts)) if len(texts) == len(step.records) else ""
        fix = Fix("The records ask for different things: keep the one you want, and remove the others.")
        if value and parse_dmarc(value).valid:
            summary = f"Publish one record with all report addresses.{policy_warning(value)}"
            fix = replaced(step.lookup, facts.domain, summary, texts, value)
        report(
            f"{name} has {len(step.records)} DMARC records, so receivers ignore all of them.",
            location=Location(name, "TXT", step.records[0]),
            evidence=texts,
            fix=fix,
            severity=Severity.ERROR if dmarc.record is None else Severity.WARNING,
        )
