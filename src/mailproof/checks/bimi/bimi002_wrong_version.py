"""A TXT record was meant for BIMI and is not taken for it

## What it checks
TXT records at `<selector>._bimi.<domain>` that look like BIMI records but do not begin with `v=BIMI1;`:
quotes or backslashes pasted in, characters before v=, a missing semicolon.

## Why it matters
Receivers throw such records away, and show no logo.

## How to fix
Begin the record with `v=BIMI1;`, followed by l= and a=.

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.bimi._facts import looked_up
from mailproof.checks.mistaken import mistaken
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, Lookup, Severity
from mailproof.records.bimi import BIMI, parse_bimi
from mailproof.records.meant import repaired

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    seen = False
    for selector in looked_up(facts, report):
        seen = seen or bool(selector.records or selector.other_txt)
        for text in selector.other_txt:
            lookup = next((each for each in selector.lookups if text in each.records), selector.lookups[0])
            fix = _corrected(facts.domain, lookup, text)
            mistaken(report, facts, lookup, text, BIMI, "BIMI", fix, beside=bool(selector.records))
    if not seen:
        raise NotApplicable("no BIMI record")


def _corrected(domain: str, lookup: Lookup, text: str) -> Fix:
    value = repaired(text, BIMI)
    if not parse_bimi(value).valid:
        return Fix(
            "Publish v=BIMI1; l= with the https address of the logo; and a= with that of the certificate."
        )
    return replaced(lookup, domain, "Publish the record as receivers read it.", (text,), value)
