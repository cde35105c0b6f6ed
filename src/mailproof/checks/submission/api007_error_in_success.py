"""Submission: error in a reply with HTTP 200

## What it checks
The body of a reply whose HTTP status says success. The rule fires where it reports an error that is not
known to mailproof.

## Why it matters
The message was not accepted. A program that looks at the status alone takes it for sent.

## How to fix
Follow the provider's words, and have your application read the body too.

## Example
Before:

    HTTP 200 {"status": "error", "data": {"code": "ServerSuspended"}}

After:

    HTTP 200 {"status": "success"}

## References
- https://docs.postalserver.io/developer/api
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, evidence, refused_for, said
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for(""))
def check(refused: Refusal, report: Reporter) -> None:
    sent, stage = refused.sent, refused.stage
    if 200 <= sent.status < 300:
        report(
            f"{sent.provider} reports an error in a reply with HTTP {sent.status}: {said(stage)}.",
            evidence=evidence(stage),
            fix="Follow the provider's words; have your application read the body of replies too",
        )
