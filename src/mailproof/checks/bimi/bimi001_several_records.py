"""Several BIMI records

## What it checks
Whether there is more than one BIMI record at `<selector>._bimi.<domain>`.

## Why it matters
Receivers then show no logo.

## How to fix
Keep one record and remove the others.

## References
- draft-brand-indicators-for-message-identification section 7.2
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.bimi._facts import looked_up
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, Location, Severity
from mailproof.records.bimi import parse_bimi

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    seen = False
    for selector in looked_up(facts, report):
        seen = seen or bool(selector.records)
        if len(selector.records) < 2:
            continue
        name = selector.found_at
        lookup = next(each for each in selector.lookups if each.name == name)
        valid = [text for text in selector.records if parse_bimi(text).valid]
        fix = Fix("Keep the record of the logo that is meant, and remove the others.")
        if len(set(valid)) == 1:
            others = list(selector.records)
            others.remove(valid[0])
            fix = replaced(lookup, facts.domain, "Keep the record that can be used.", tuple(others), "")
        report(
            f"{name} has {len(selector.records)} BIMI records, so receivers show no logo.",
            location=Location(name, "TXT", selector.records[1]),
            evidence=tuple(f"{name} TXT {text}" for text in selector.records[:10]),
            fix=fix,
        )
    if not seen:
        raise NotApplicable("no BIMI record")
