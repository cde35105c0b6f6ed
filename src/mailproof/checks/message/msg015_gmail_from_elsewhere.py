"""A gmail.com address is used through another server

## What it checks
A message with a From address at gmail.com or googlemail.com passes DMARC, as what Gmail itself sends does.

## Why it matters
Gmail's guidelines forbid it: its DMARC policy lets receivers put other servers' mail with such a From into
spam or refuse it.

## How to fix
Send from a domain of your own; put the gmail.com address in Reply-To.

## References
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


_DOMAINS = ("gmail.com", "googlemail.com")


def check(facts: MessageFacts, report: Reporter) -> None:
    if facts.from_domain not in _DOMAINS or dmarc_of(facts).result == "pass":
        return
    sender = facts.envelope.helo or facts.envelope.ip or "another server"
    report(
        f"From is at {facts.from_domain}, but the message came through {sender} "
        "and Gmail vouches for none of it.",
        location=in_header("From", facts.from_header, facts.from_domain),
        fix=Fix("send from a domain of your own, with the Gmail address in Reply-To"),
    )
