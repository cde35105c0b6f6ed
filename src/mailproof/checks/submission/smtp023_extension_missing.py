"""Submission: SMTP extension missing, or SIZE exceeded

## What it checks
The server's extensions and what the message needs. The rule fires where the message needs SMTPUTF8 or
8BITMIME and the server has no such extension, or where it is larger than the server's SIZE. It was not sent
then.

## Why it matters
This message can't be sent through this server. A local part that is not ASCII needs SMTPUTF8 on every
server on the way.

## How to fix
Use ASCII addresses (the domain part is converted automatically), a 7-bit encoding, a smaller message, or
another server.

## Example
Before (the server has no SMTPUTF8):

    [profiles.acme.message]
    from = "grüße@acme.example"

After:

    [profiles.acme.message]
    from = "gruesse@acme.example"

## References
- RFC 6531
- RFC 6152
- RFC 1870
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, place, said, smtp
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("mail", by=("unsupported",)))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    offered = ", ".join(smtp(facts).extensions) or "none"
    report(
        f"The message can't be sent through {place(facts)}: {said(stage)}.",
        evidence=(f"extensions offered: {offered}",),
        fix=(
            "Use another server, or leave require_tls out"
            if smtp(facts).require_tls
            else "Use an ASCII address, a 7-bit encoding or a smaller message, or another server"
        ),
    )
