"""DMARC: weaker policy for subdomains (sp=)

## What it checks
The subdomain policy `sp` of the organizational domain's record. The rule fires where it is weaker than `p`.

## Why it matters
With `p=reject; sp=none`, a forger only has to put a subdomain into From.

## How to fix
Remove `sp`, so that `p` covers the subdomains. Give a subdomain that needs another policy its own record.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.7 (sp)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity
from mailproof.records.dmarc import strictness
from mailproof.records.dmarc_text import rewritten


@declare(Severity.WARNING, applied)
def check(found: Applied, report: Reporter) -> None:
    record = found.record
    if record.p is None or record.sp is None or strictness(record.sp) >= strictness(record.p):
        return
    if not found.own or found.dmarc.walk.organizational_domain != report.subject:
        return
    drop = ("sp", "np") if record.np == record.sp else ("sp",)
    covers = "p= then covers the subdomains"
    report(
        f"The record at {found.name} has a weaker policy for subdomains (sp={record.sp}) than for the domain "
        f"itself (p={record.p}).",
        location=found.at_tag("sp"),
        fix=found.next_step(f"Remove {'= and '.join(drop)}=: {covers}.", rewritten(record, drop=drop)),
    )
