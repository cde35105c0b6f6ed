"""DMARC: monitoring only (p=none)

## What it checks
The policy that applies to the domain, after `sp` and `np`. The rule fires where it is `none`.

## Why it matters
It is the right start: reports come in, and mail is delivered as before. But so is mail that forges the
domain, as long as the policy stays at none.

## How to fix
When the reports show that all of your mail passes, raise the policy to `quarantine`. Keep reading the
reports, then raise it to `reject`.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 (p), 5.1.5 and 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.WARNING, applied, profiles="in use")
def check(found: Applied, report: Reporter) -> None:
    source = found.dmarc.source
    if found.dmarc.policy != "none" or source is None or found.record.tag(source) is None:
        return
    if any(p.code.endswith("-policy") for p in found.record.problems):
        return
    summary = "Raise the policy to quarantine once the reports show that all of your mail passes."
    report(
        f"The record at {found.name} only monitors: with {source}=none, receivers deliver mail that forges "
        f"{report.subject} as usual.",
        location=found.at_tag(source),
        fix=found.next_step(summary, found.raised(source, "quarantine")),
    )
