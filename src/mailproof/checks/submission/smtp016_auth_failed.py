"""Submission: sign-in refused

## What it checks
The server's answer to AUTH. The rule fires where it did not accept the user name and password, or the
token.

## Why it matters
No mail leaves. Apart from a wrong password, large providers answer like this when they require an
application password or OAuth, when SMTP AUTH is disabled for the account, or after too many attempts.

## How to fix
Check the user name (often the whole address) and the password at its source. Look at the code: `534 5.7.9`
asks for an application password, `535 5.7.139` means that basic authentication is disabled.

## Example
Before:

    535 5.7.8 Error: authentication failed

After:

    235 2.7.0 Authentication successful

## References
- RFC 4954 section 6
- RFC 5248
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, known_fix, place, said, smtp
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("auth"))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    mechanism = smtp(facts).auth_mechanism
    report(
        f"{place(facts)} refuses the sign-in with {mechanism}: {said(stage)}.",
        evidence=evidence(stage),
        fix=known_fix(facts, stage.reply)
        or "Check user name and password; some providers require an application password or OAuth",
    )
