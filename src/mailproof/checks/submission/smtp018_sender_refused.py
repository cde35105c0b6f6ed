"""Submission: sender refused

## What it checks
The answer to MAIL FROM. The rule fires on a permanent refusal.

## Why it matters
No mail leaves. The usual reasons: sign-in required (`530`), an account that may not use this sender
(`5.7.60`, `553`), or a sender domain that does not exist (`5.1.8`).

## How to fix
Sign in, and use a sender address that the account owns. For `5.1.8`, publish an MX or address record for
the domain.

## Example
Before:

    MAIL FROM:<news@acme.example>
    553 5.7.1 Sender address rejected: not owned by user probe@acme.example

After:

    MAIL FROM:<probe@acme.example>
    250 2.1.0 Ok

## References
- RFC 5321 section 3.3
- RFC 3463
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, known_fix, place, said
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("mail"))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    signed_out = stage.code == 530
    report(
        f"{place(facts)} refuses the sender <{facts.mail_from}>: {said(stage)}.",
        evidence=evidence(stage),
        fix=known_fix(facts, stage.reply, "MAIL")
        or (
            "Set username and password (or token) in the profile's submit section"
            if signed_out
            else f"Use a sender that this account may use, or have the server allow <{facts.mail_from}>"
        ),
    )
