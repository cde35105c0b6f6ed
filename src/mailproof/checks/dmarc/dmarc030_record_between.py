"""DMARC: record between the domain and its parent not used

## What it checks
DMARC records that the tree walk passes between the domain and the record that applies.

## Why it matters
Of the names above the domain, only the organizational domain's record applies: the one with the fewest
labels. A record in between covers mail from its own name only, though it looks as if it covered the names
below it.

## How to fix
If that part of the tree needs its own policy, add `psd=n` to its record, or publish a record at the domain
itself.

## Example
Before:

    ; audit of a.b.acme.example
    a.b.acme.example. A 192.0.2.7
    _dmarc.b.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

After:

    ; audit of a.b.acme.example
    a.b.acme.example. A 192.0.2.7
    _dmarc.b.acme.example. TXT "v=DMARC1; p=none; psd=n; rua=mailto:dmarc@acme.example"
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.10.1 and 4.10.2
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Location, Severity


@declare(Severity.INFO, applied)
def check(found: Applied, report: Reporter) -> None:
    if found.own:
        return
    for step in found.dmarc.walk.steps[1:]:
        if step.record is None or not step.name.endswith(f".{found.dmarc.policy_domain}"):
            continue
        summary = f"Add psd=n to the record of {step.name} if it is to set the policy for the names below it."
        report(
            f"The record at {step.lookup.name} doesn't cover {report.subject}: the one at {found.name} does.",
            location=Location(step.lookup.name, "TXT", step.record.text),
            evidence=(found.dmarc.reason,),
            fix=decision(summary),
        )
