"""Submission: certificate doesn't verify

## What it checks
The verification of the SMTP server's certificate. The rule fires where it fails for a reason that has no
rule of its own: not valid yet, revoked, a weak key or signature, and others.

## Why it matters
Programs that verify certificates refuse the server.

## How to fix
Have a new certificate issued. If it is not valid yet, check the clocks of both machines.

## Example
Before (on 1 November 2026):

    notBefore=Nov  2 00:00:00 2026 GMT

After:

    notBefore=Nov  1 00:00:00 2026 GMT

## References
- RFC 5280 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, place, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.ERROR, tls_of)
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    reported_elsewhere = ("", "expired", "wrong-name", "untrusted", "self-signed")
    if tls.problem_code not in reported_elsewhere:
        report(
            f"The certificate of {place(facts)} does not verify: {tls.problem}.",
            evidence=certificate_evidence(tls),
            fix="Have a new certificate issued, and check the clocks of both machines",
        )
