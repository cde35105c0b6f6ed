"""No way to log in

## What it checks
The rule reports a login that could not be tried or finished: AUTH is not offered, no mechanism is common,
the connection is not encrypted, or the exchange went wrong.

## Why it matters
No mail leaves. Servers often offer AUTH only under TLS, and only on the submission ports: port 25 has none.

## How to fix
Use the submission port (587 or 465); set `mechanism` to one that the server offers, or take it out.

## References
- RFC 4954 section 3
- RFC 4422
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, said, smtp, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "auth")
    if stage is not None and stage.kind in ("unsupported", "local", "protocol", "timeout"):
        offered = ", ".join(smtp(facts).auth_offered) or "none"
        report(
            f"Logging in to {place(facts)} is not possible: {said(stage)}.",
            evidence=(*evidence(stage), f"mechanisms offered: {offered}"),
            fix=Fix("Use port 587 or 465 with TLS, and a mechanism that the server offers."),
        )
