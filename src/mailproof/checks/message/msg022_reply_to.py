"""Replies go to another domain

## What it checks
Where there is a Reply-To, it is of the From domain or of one below or above it.

## Why it matters
It is usual for mail services and help desks, and it is what fraud does too: filters count it where the
Reply-To is at a free mail provider.

## How to fix
Use a Reply-To in your own domain, or none.

## References
- RFC 5322 section 3.6.2
- https://spamassassin.apache.org/ (rule FREEMAIL_FORGED_REPLYTO)
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._content import registered
from mailproof.checks.message._facts import in_header, values
from mailproof.model import Fix, MessageFacts, Severity
from mailproof.records.mailboxes import parse_addresses

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: MessageFacts, report: Reporter) -> None:
    texts = values(facts, "Reply-To")
    if not texts:
        raise NotApplicable("there is no Reply-To")
    for domain in parse_addresses(", ".join(texts[:5])).domains[:10]:
        if not facts.from_domain or registered(domain) == registered(facts.from_domain):
            continue
        report(
            f"Replies go to {domain}, the message is from {facts.from_domain}.",
            location=in_header("Reply-To", texts[0], domain),
            fix=Fix(f"use a Reply-To at {facts.from_domain}"),
        )
