"""Several DMARC records at one name

## What it checks
Whether a name on the tree walk holds more than one TXT record that begins with `v=DMARC1`.

## Why it matters
Receivers discard all of them, as if none were there: the walk goes on to the name above, where another
policy or none is found.

## How to fix
Keep one record. Where all ask for the same, one with all their report addresses takes their place; where
they do not, only you can say which is meant.

## References
- RFC 9989 section 4.10 steps 2 and 6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, Location, Severity
from mailproof.records.dmarc import comes_into_force, parse_dmarc
from mailproof.records.dmarc_text import merged

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    dmarc = walked(facts)
    own_step(facts)
    for step in dmarc.walk.steps:
        if len(step.records) < 2:
            continue
        name = step.lookup.name
        texts = step.records[:10]
        value = merged(texts) if len(texts) == len(step.records) else ""
        fix = Fix("They do not ask for the same: keep the one that is meant, and remove the others.")
        if value and parse_dmarc(value).valid:
            summary = f"Publish one record with the addresses of all.{comes_into_force(value)}"
            fix = replaced(step.lookup, facts.domain, summary, texts, value)
        report(
            f"{name} holds {len(step.records)} DMARC records, so receivers ignore all of them.",
            location=Location(name, "TXT", step.records[0]),
            evidence=texts,
            fix=fix,
            severity=Severity.ERROR if step.name == dmarc.domain else Severity.WARNING,
        )
