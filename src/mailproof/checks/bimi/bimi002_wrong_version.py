"""BIMI: record doesn't begin with v=BIMI1

## What it checks
TXT records at `<selector>._bimi.<domain>` that look like BIMI records but don't begin with `v=BIMI1;`:
pasted quotes or backslashes, characters before v=, a missing semicolon, or just a host name, which was
meant as a CNAME.

## Why it matters
Receivers ignore such a record, and show no logo.

## How to fix
Begin the record with `v=BIMI1;`, followed by l= and a=.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1 l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.bimi._facts import looked_up
from mailproof.checks.mistaken import report_mistaken
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, Lookup, Severity
from mailproof.records.bimi import BIMI, parse_bimi
from mailproof.records.tag_repair import repaired


@declare(Severity.WARNING)
def check(facts: DomainFacts, report: Reporter) -> None:
    found = (each for each in looked_up(facts, report) if each.records or each.other_txt)
    for selector in some(found, "no BIMI record"):
        for text in selector.other_txt:
            lookup = next((each for each in selector.lookups if text in each.records), selector.lookups[0])
            fix = _corrected(facts.domain, lookup, text)
            report_mistaken(report, facts, lookup, text, BIMI, "BIMI", fix, beside=bool(selector.records))


def _corrected(domain: str, lookup: Lookup, text: str) -> Fix:
    value = repaired(text, BIMI)
    if not parse_bimi(value).valid:
        return Fix(
            "Publish v=BIMI1; l=…; a=… with the https:// addresses of the logo and of the mark certificate."
        )
    return replaced(lookup, domain, "Publish the corrected record.", (text,), value)
