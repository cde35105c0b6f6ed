"""The message is refused

## What it checks
The rule reports a permanent refusal after DATA, when the server had seen the whole message.

## Why it matters
The message does not arrive. Refusals here are mostly about authentication (SPF, DKIM, DMARC), reputation or
content; the enhanced code tells which.

## How to fix
Follow the code's meaning in the evidence; the findings on SPF, DKIM and DMARC in the same report show what
to publish.

## References
- RFC 5321 section 4.2.5
- RFC 7372
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import advice_for, evidence, place, said, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "data")
    if stage is not None and stage.kind == "rejected":
        report(
            f"{place(facts)} refuses the message: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix(advice_for(stage.enhanced, stage.text)),
        )
