"""The server defers the message and did not take it in time

## What it checks
The rule reports temporary refusals (4yz) that went on until the time for retries (`retry_for`) was over.

## Why it matters
A real mail server would try again for days, so that mail may arrive late. Rate limits and reputation blocks
answer in the same way and do not pass by waiting.

## How to fix
Raise `retry_for` to see whether it passes (greylisting asks for up to 15 minutes). Otherwise follow the
meaning of the code.

## References
- RFC 5321 section 4.2.1
- RFC 6647
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended_at_any, evidence, place, said, submission
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = ended_at_any(facts)
    if stage is not None and stage.kind == "deferred":
        attempts = submission(facts).attempts
        tries = f"{attempts} attempt{'s' if attempts != 1 else ''}"
        report(
            f"{place(facts)} defers the message at {stage.stage}, after {tries}: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix("Try again later or raise retry_for; a rate limit or reputation block must be lifted."),
        )
