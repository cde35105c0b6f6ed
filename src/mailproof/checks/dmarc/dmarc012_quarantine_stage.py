"""DMARC: policy is quarantine, not reject

## What it checks
The policy that applies to the domain. The rule fires where it is `quarantine` and not in test mode.

## Why it matters
Forged mail still reaches junk folders; `reject` keeps it out. RFC 9989 advises domains whose users post to
mailing lists to stay at `quarantine`. It advises all others to read the reports for at least a month at
each step, and to sign with DKIM, since SPF alone doesn't survive forwarding.

## How to fix
When the reports have been clean for a month or more, change the policy to `reject`, unless your users post
to mailing lists from this domain.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 5.1.7 and 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.INFO, applied, profiles="in use")
def check(found: Applied, report: Reporter) -> None:
    source = found.dmarc.source
    if found.dmarc.policy != "quarantine" or source is None or found.record.testing:
        return
    written = source if found.record.tag(source) else "p"
    summary = "Raise the policy to reject once the reports stay clean."
    report(
        f"The record at {found.name} asks for quarantine: mail that forges {report.subject} still reaches "
        "junk folders.",
        location=found.at_tag(written),
        fix=found.next_step(summary, found.raised(written, "reject")),
    )
