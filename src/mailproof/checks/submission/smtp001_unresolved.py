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

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.delivery import ended_at, evidence, place, subject
from mailproof.model import DeliveryFacts, Finding, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts) -> Iterator[Finding]:
    """Yield a finding where the name could not be resolved."""
    stage = ended_at(facts, "connect")
    if stage is not None and stage.kind == "unresolved":
        yield report(
            RULE,
            subject(facts),
            f"The SMTP server {place(facts)} cannot be reached: {stage.reason}.",
            evidence=evidence(stage),
            fix=Fix("Correct the host in the profile's submit section, or the DNS that should know it."),
        )
