"""Gmail: gmail.com address sent from another server

## What it checks
Messages with a From address at gmail.com or googlemail.com. The rule fires where DMARC does not pass, as it
does for what Gmail itself sends.

## Why it matters
Gmail's guidelines forbid it, and its DMARC policy lets receivers put such mail into spam or reject it.

## How to fix
Send from a domain of your own, and put the gmail.com address in Reply-To.

## Example
Before (sent by mail.acme.example):

    From: Alice <alice@gmail.com>

After:

    From: Alice <alice@acme.example>
    Reply-To: alice@gmail.com

## References
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, in_header
from mailproof.model import MessageFacts, Severity

_DOMAINS = ("gmail.com", "googlemail.com")


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    if facts.from_domain not in _DOMAINS or dmarc_of(facts).result == "pass":
        return
    sender = facts.envelope.helo or facts.envelope.ip or "another server"
    report(
        f"From is at {facts.from_domain}, but the message came through {sender} and does not pass DMARC.",
        location=in_header("From", facts.from_header, facts.from_domain),
        fix="Send from a domain of your own, with the Gmail address in Reply-To",
    )
