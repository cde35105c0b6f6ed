"""Submission: wrong TLS mode for the port

## What it checks
The first octets of the connection. The rule fires on implicit TLS to a port that begins in plain text
(other programs show `[SSL: WRONG_VERSION_NUMBER]`), and on STARTTLS to a port that speaks TLS from the
first byte.

## Why it matters
No session starts. It is the most common mistake in mail settings: 465 is implicit TLS; 587 and 25 begin in
plain text and continue with STARTTLS.

## How to fix
Set `security` to what the port speaks, or use the other port.

## Example
Before:

    port = 587
    security = "tls"

After:

    port = 587
    security = "starttls"

## References
- RFC 8314 section 3.3
- RFC 3207
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, smtp
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("greeting", "tls", by=("wrong-mode",)))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    used = smtp(facts).security
    better = "starttls" if used == "tls" else "tls"
    report(
        f'{place(facts)} does not speak the TLS mode "{used}": {stage.reason}.',
        evidence=evidence(stage),
        fix=f'Set security = "{better}" for this port in the profile\'s submit section',
    )
