"""Certificate: expires soon

## What it checks
The dates of each mail host's certificate. The rule fires where it has less than 14 days left (5 if it is
issued for 30 days or less), unless DANE-EE vouches for the key.

## Why it matters
Certificates that renew themselves do so earlier than this: something has stopped.

## How to fix
Renew it, and find out why the renewal did not run or the server was not reloaded.

## Example
Before:

    notAfter: Nov  8 12:00:00 2026 GMT   (today: 1 November 2026)

After:

    notAfter: Jan 22 12:00:00 2027 GMT

## References
- RFC 5280 section 4.1.2.5
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.transport._facts import Certificates, certificates, describe, location, pinned
from mailproof.model import DomainFacts, Severity
from mailproof.printable import counted


@declare(Severity.WARNING, certificates, consequence="tidy", needs="dane")
def check(facts: DomainFacts, every: Certificates, report: Reporter) -> None:
    for each, _, leaf in every:
        lifetime = (leaf.not_after - leaf.not_before).days
        if 0 <= leaf.days_left < (5 if lifetime <= 30 else 14) and not pinned(facts, each.host):
            report(
                f"The certificate of {each.place} expires in {counted(leaf.days_left, 'day')}, "
                f"on {leaf.not_after:%Y-%m-%d}.",
                location=location(each),
                evidence=describe(leaf),
                fix="Renew the certificate and reload the mail server.",
            )
    if not report.findings and any(leaf.days_left < 0 for _, _, leaf in every):
        raise NotApplicable("expired already")
