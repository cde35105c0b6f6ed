"""DMARC: weaker policy for names that don't exist (np=)

## What it checks
The `np` policy of the organizational domain's record. The rule fires where it is weaker than the policy for
subdomains that exist (`sp`, else `p`).

## Why it matters
No genuine mail comes from a name that doesn't exist, so nothing speaks against the strictest policy there.
A weaker one lets forgers invent subdomains.

## How to fix
Set `np=reject`, or remove `np`.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; np=none; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; np=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.7 (np)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity
from mailproof.records.dmarc import strictness
from mailproof.records.dmarc_text import rewritten


@declare(Severity.WARNING, applied)
def check(found: Applied, report: Reporter) -> None:
    record = found.record
    others = record.sp or record.p
    if record.np is None or others is None or strictness(record.np) >= strictness(others):
        return
    if not found.own or found.dmarc.walk.organizational_domain != report.subject:
        return
    report(
        f"The record at {found.name} has a weaker policy for names that don't exist (np={record.np}) than "
        f"for other subdomains ({others}).",
        location=found.at_tag("np"),
        fix=found.next_step("Set np=reject.", rewritten(record, changes=(("np", "reject"),))),
    )
