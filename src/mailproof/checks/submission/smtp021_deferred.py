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
from mailproof.checks.delivery import (
    ended_at_any,
    evidence,
    failing,
    known_fix,
    place,
    said,
    smtp,
    submission,
)
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    smtp(facts)
    stage = failing(ended_at_any(facts), "deferred")
    attempts = submission(facts).attempts
    lasting = ("authentication", "blocked", "reputation", "reverse-dns", "sender-refused", "unknown-domain")
    tries = f"{attempts} attempt{'s' if attempts != 1 else ''}"
    report(
        f"{place(facts)} deferred the message at {stage.stage}, after {tries}: {said(stage)}.",
        evidence=evidence(stage),
        fix=known_fix(facts, stage.reply, ended=False, kinds=lasting)
        or "Try again later or raise retry_for; a rate limit or reputation block has to be lifted",
    )
