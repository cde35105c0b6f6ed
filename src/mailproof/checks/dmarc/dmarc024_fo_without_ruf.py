"""fo has no effect without ruf

## What it checks
Whether the record has `fo` and no `ruf`.

## Why it matters
`fo` says which failures to report to the addresses in `ruf`; without these it must be ignored.

## How to fix
Nothing has to be done: it does no harm. `ruf` gives it an effect, but few receivers send failure reports.

## References
- RFC 9989 section 4.7 (fo)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("DMARC005", "DMARC026"))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if found.record.tag("fo") is None or found.record.tag("ruf") is not None:
        return
    report(
        f"fo= at {found.name} has no effect: there is no ruf= to send failure reports to.",
        location=found.at_tag("fo"),
    )
