"""Submission: message refused

## What it checks
The answer after DATA, when the server has seen the whole message. The rule fires on a permanent refusal.

## Why it matters
The message does not arrive. Most refusals here are about authentication (SPF, DKIM, DMARC), reputation or
content; the enhanced code shows which.

## How to fix
Follow the meaning of the code in the evidence. The findings on SPF, DKIM and DMARC in the same report show
what to publish.

## Example
Before:

    550 5.7.26 Unauthenticated mail is prohibited

After:

    250 2.0.0 Ok: queued as 4XyZ

## References
- RFC 5321 section 4.2.5
- RFC 7372
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import advice_for, ended, evidence, place, said
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("data"))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    report(
        f"{place(facts)} refuses the message: {said(stage)}.",
        evidence=evidence(stage),
        fix=advice_for(facts, stage.reply, stage.enhanced, "DATA"),
    )
