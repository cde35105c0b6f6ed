"""BIMI: several records

## What it checks
The BIMI records at `<selector>._bimi.<domain>`. The rule fires where there is more than one.

## Why it matters
Receivers show no logo then.

## How to fix
Keep one record, and remove the others.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"
    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/old.svg"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 7.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import lookup_of, published
from mailproof.checks.publishing import replaced
from mailproof.model import BimiSelectorFacts, Fix, Location, Severity
from mailproof.records.bimi import parse_bimi


@declare(Severity.WARNING, each=published)
def check(selector: BimiSelectorFacts, report: Reporter) -> None:
    if len(selector.records) < 2:
        return
    name = selector.found_at
    valid = [text for text in selector.records if parse_bimi(text).valid]
    fix = Fix("Keep the record with the logo you want, and remove the others.")
    if len(set(valid)) == 1:
        others = list(selector.records)
        others.remove(valid[0])
        fix = replaced(lookup_of(selector), report.subject, "Keep the only valid record.", tuple(others), "")
    report(
        f"{name} has {len(selector.records)} BIMI records, so receivers show no logo.",
        location=Location(name, "TXT", selector.records[1]),
        evidence=tuple(f"{name} TXT {text}" for text in selector.records[:10]),
        fix=fix,
    )
