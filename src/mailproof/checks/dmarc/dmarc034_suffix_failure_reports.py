"""DMARC: public suffix asks for failure reports

## What it checks
Records with `psd=y`. The rule fires where one has `ruf`.

## Why it matters
Failure reports contain parts of messages. A suffix under which several organizations register must not
collect them about mail that is not its own.

## How to fix
Remove `ruf` from the suffix's record.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; psd=y; ruf=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; psd=y"

## References
- RFC 9989 section 10.2
- RFC 9991
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity
from mailproof.records.dmarc_text import rewritten


@declare(Severity.WARNING, applied, consequence="reports")
def check(found: Applied, report: Reporter) -> None:
    if not found.own or found.record.psd != "y" or found.record.tag("ruf") is None:
        return
    report(
        f"The record at {found.name} says that {report.subject} is a public suffix (psd=y), but asks for "
        "failure reports (ruf=), which are about other organizations' mail.",
        location=found.at_tag("ruf"),
        fix=found.next_step("Remove ruf=.", rewritten(found.record, drop=("ruf",))),
    )
