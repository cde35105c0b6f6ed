"""The server's certificate does not verify

## What it checks
The rule reports certificates that are not valid yet, revoked, of a weak key or signature, or invalid in
another way than those that have rules of their own.

## Why it matters
Programs that verify certificates refuse the server.

## How to fix
Have a new certificate issued. For one that is not valid yet, check both clocks.

## References
- RFC 5280 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, place, tls_of
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    tls = tls_of(facts)
    told_elsewhere = ("", "expired", "wrong-name", "untrusted", "self-signed")
    if tls.problem_code not in told_elsewhere:
        report(
            f"The certificate of {place(facts)} does not verify: {tls.problem}.",
            evidence=certificate_evidence(tls),
            fix=Fix("Have a new certificate issued, and check the clocks of both machines."),
        )
