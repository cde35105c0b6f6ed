"""Submission: deferred until the time limit

## What it checks
The answers to all attempts. The rule fires on temporary refusals (4yz) that lasted until the time for
retries (`retry_for`) was over.

## Why it matters
A real mail server would try again for days, so mail may arrive late. Rate limits and reputation blocks
answer in the same way, and waiting does not end them.

## How to fix
Raise `retry_for` to see whether it passes (greylisting asks for up to 15 minutes). Otherwise follow the
meaning of the code.

## Example
Before (greylisted for 5 minutes):

    retry_for = 60

After:

    retry_for = 900

## References
- RFC 5321 section 4.2.1
- RFC 6647
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, known_cause, place, said, submission
from mailproof.model import DeliveryFacts, Severity, SubmissionStage
from mailproof.printable import counted

#: Causes that time does not cure.
_LASTING = ("authentication", "blocked", "reputation", "reverse-dns", "sender-refused", "unknown-domain")


@declare(Severity.ERROR, ended(by=("deferred",)))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    attempts = submission(facts).attempts
    tries = counted(attempts, "attempt")
    cause = known_cause(facts, stage.reply, permanent=False)
    report(
        f"{place(facts)} deferred the message at {stage.stage}, after {tries}: {said(stage)}.",
        evidence=evidence(stage),
        fix=cause.fix
        if cause is not None and cause.kind in _LASTING
        else "Try again later or raise retry_for; a rate limit or reputation block has to be lifted",
    )
