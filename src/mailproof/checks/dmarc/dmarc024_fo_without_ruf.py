"""DMARC: fo= without ruf=

## What it checks
The `fo` tag. The rule fires where the record has no `ruf`.

## Why it matters
`fo` chooses the failures to report to the addresses in `ruf`. Without `ruf`, receivers must ignore it.

## How to fix
Nothing to do: it does no harm. Add `ruf` if you want failure reports, but few receivers send them.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; fo=1; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; fo=1; ruf=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.7 (fo)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.INFO, applied, because_of="DMARC005 DMARC026")
def check(found: Applied, report: Reporter) -> None:
    if found.record.tag("fo") is None or found.record.tag("ruf") is not None:
        return
    report(
        f"The record at {found.name} has fo=, which has no effect without ruf=.", location=found.at_tag("fo")
    )
