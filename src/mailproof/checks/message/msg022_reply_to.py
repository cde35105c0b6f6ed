"""Header: Reply-To in another domain

## What it checks
The Reply-To of the message. The rule fires where its domain is neither the From domain nor one below or
above it.

## Why it matters
Mail services and help desks do this, and so does fraud: filters count it where the Reply-To is at a free
mail provider.

## How to fix
Use a Reply-To in your own domain, or none.

## Example
Before:

    From: Alice <alice@acme.example>
    Reply-To: alice@freemail.test

After:

    From: Alice <alice@acme.example>
    Reply-To: help@desk.acme.example

## References
- RFC 5322 section 3.6.2
- https://spamassassin.apache.org/ (rule FREEMAIL_FORGED_REPLYTO)
"""

from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.message._facts import in_header, values
from mailproof.message.hosts import same_organization
from mailproof.model import MessageFacts, Severity
from mailproof.records.mailboxes import parse_addresses


@declare(Severity.INFO, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    texts = some(values(facts, "Reply-To"), "no Reply-To")
    for domain in parse_addresses(", ".join(texts[:5])).domains[:10]:
        if not facts.from_domain or same_organization(domain, facts.from_domain):
            continue
        report(
            f"Replies go to {domain}, but the message is from {facts.from_domain}.",
            location=in_header("Reply-To", texts[0], domain),
            fix=f"Use a Reply-To at {facts.from_domain}",
        )
