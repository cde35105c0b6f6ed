"""DMARC: sp= or np= without effect

## What it checks
`sp` and `np` in the record of a domain that is not an organizational domain.

## Why it matters
The policy for subdomains comes from the organizational domain's record. Receivers ignore `sp` and `np`
further down.

## How to fix
Remove the tag. To make the name an organizational domain of its own, add `psd=n` instead.

## Example
Before:

    ; audit of news.acme.example
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
    _dmarc.news.acme.example. TXT "v=DMARC1; p=quarantine; sp=reject"

After:

    ; audit of news.acme.example
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
    _dmarc.news.acme.example. TXT "v=DMARC1; p=quarantine"

## References
- RFC 9989 section 4.7 (sp, np)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied, known_walk
from mailproof.model import Severity
from mailproof.records.dmarc_text import rewritten


@declare(Severity.INFO, applied)
def check(found: Applied, report: Reporter) -> None:
    if not found.own:
        return
    written = [name for name in ("sp", "np") if found.record.tag(name)]
    if not written:
        return
    known_walk(found.dmarc)
    organizational = found.dmarc.walk.organizational_domain
    if organizational == report.subject:
        return
    for name in written:
        report(
            f"The record at {found.name} has {name}=, which has no effect: subdomains of {report.subject} "
            f"take their policy from _dmarc.{organizational}.",
            location=found.at_tag(name),
            fix=found.next_step(f"Remove {name}=.", rewritten(found.record, drop=written)),
        )
