"""Submission: recipient refused

## What it checks
The answer to RCPT TO. The rule fires on a permanent refusal.

## Why it matters
The message does not arrive. Either the mailbox does not exist, or the server does not relay for this
client, or a policy (blocklist, authentication) already blocks the sender.

## How to fix
Read the code: `5.1.1` wrong address; `5.7.1 relay` sign in first; `5.7.x` the receiver's policy, explained
in the evidence.

## Example
Before:

    RCPT TO:<bbo@rcpt.test>
    550 5.1.1 User unknown

After:

    RCPT TO:<bob@rcpt.test>
    250 2.1.5 Ok

## References
- RFC 5321 section 3.3
- RFC 3463
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import advice_for, ended, evidence, place, said, smtp
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("rcpt"))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    relaying = "Have the server relay for those who sign in (Postfix: permit_sasl_authenticated)"
    if not smtp(facts).authenticated:
        relaying = ""
    report(
        f"{place(facts)} refuses the recipient <{facts.recipient}>: {said(stage)}.",
        evidence=evidence(stage),
        fix=advice_for(facts, stage.reply, stage.enhanced, "RCPT", relaying=relaying),
    )
