"""DMARC: record that only RFC 9989 receivers find

## What it checks
How the record that applies, or the organizational domain, was found. The rule fires where only the tree
walk finds it: by `psd`, or at a name of three or more labels between the domain and the top.

## Why it matters
Receivers that don't follow RFC 9989 yet look at the domain itself, then at its organizational domain by a
public suffix list, and nowhere else. They may find another record or none, and align identifiers
differently.

## How to fix
Publish a record at the domain itself: all receivers look there first.

## Example
Before:

    ; audit of a.b.acme.example
    a.b.acme.example. A 192.0.2.7
    _dmarc.b.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

After:

    ; audit of a.b.acme.example
    a.b.acme.example. A 192.0.2.7
    _dmarc.a.b.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 7489 sections 3.2 and 6.6.3
- RFC 9989 section 4.10
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dmarc._facts import NO_OWN_RECORD, Applied, applied, known_walk
from mailproof.model import Severity


@declare(Severity.INFO, applied, because_of=f"{NO_OWN_RECORD} DMARC027")
def check(found: Applied, report: Reporter) -> None:
    if found.own:
        return
    known_walk(found.dmarc)
    by_psd = any(step.record is not None and step.record.psd != "u" for step in found.dmarc.walk.steps)
    if not by_psd and found.dmarc.policy_domain.count(".") < 2:
        return
    report(
        f"Receivers that don't follow RFC 9989 yet may not find the record at {found.name}: they look only "
        f"at _dmarc.{report.subject} and at the organizational domain by a public suffix list.",
        location=found.at(),
        evidence=(found.dmarc.reason, found.dmarc.walk.reason),
        fix=decision(
            f"Publish p={found.dmarc.policy or 'none'} at _dmarc.{report.subject} too, with addresses for "
            "its reports."
        ),
    )
