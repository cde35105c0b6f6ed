"""Links go through a public shortener

## What it checks
No link of the HTML leads to a public link shortener.

## Why it matters
The shortener's reputation is that of all who use it, spammers too, and the target is hidden: filters count
it, and Spamhaus lists shorteners' abused links.

## How to fix
Link to the page itself, or shorten below a domain of your own.

## References
- https://www.spamhaus.org/faqs/domain-blocklist/
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import below, html_of
from mailproof.checks.message._facts import in_header
from mailproof.data.hygiene import hygiene
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    for link in {link.host: link for link in reversed(html_of(facts).links)}.values():
        if not any(below(link.host, each) for each in hygiene().shorteners):
            continue
        report(
            f"A link leads through the public shortener {link.host}.",
            location=in_header("body", link.target, link.host),
            fix=Fix("link to the page itself"),
        )
