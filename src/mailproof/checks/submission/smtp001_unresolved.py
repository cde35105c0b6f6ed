"""The SMTP server's name does not resolve

## What it checks
The rule reports a submission that could not start because the host name has no address, or because the
resolver did not answer.

## Why it matters
No mail leaves. A typing error in the host name is the usual cause; a name that only the internal network
knows is the next.

## How to fix
Correct `host` in `[profiles.NAME.submit]`, or run the probe from where the name is known.

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended_at, evidence, place
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = ended_at(facts, "connect")
    if stage is not None and stage.kind == "unresolved":
        report(
            f"The SMTP server {place(facts)} cannot be reached: {stage.reason}.",
            evidence=evidence(stage),
            fix=Fix("Correct the host in the profile's submit section, or the DNS that should know it."),
        )
