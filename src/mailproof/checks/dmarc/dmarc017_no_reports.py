"""DMARC: no aggregate reports (rua=)

## What it checks
The `rua` tag of the record that applies. The rule fires where there is none, not even a misspelt one, or
where it has web addresses alone.

## Why it matters
Without reports you can't see which of your own mail fails, nor who forges the domain. Raising the policy is
then a leap in the dark.

## How to fix
Add `rua=mailto:` with a mailbox that you read, or with the address that a report service gave you.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 (rua) and 5.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.WARNING, applied, consequence="reports", profiles="in use")
def check(found: Applied, report: Reporter) -> None:
    web = bool(found.record.rua) and all(uri.scheme in ("http", "https") for uri in found.record.rua)
    if not found.record.valid or (found.record.tag("rua") is not None and not web):
        return
    if not web and any(not uri.problem for uri in found.meant.rua):
        return  # a typing error that DMARC005, DMARC009 or DMARC026 reports
    has = "only web addresses in rua=, which receivers need not support" if web else "no rua="
    dont = "may not" if web else "don't"
    report(
        f"The record at {found.name} has {has}, so you {dont} get reports on mail from {report.subject}.",
        location=found.at(),
        fix="Add rua=mailto: with a mailbox that you read, or with the address that a report service gave "
        "you.",
    )
