"""Link: public URL shortener

## What it checks
The links of the HTML. The rule fires where one leads to a public URL shortener.

## Why it matters
The shortener's reputation is that of all who use it, spammers included, and the target is hidden. Filters
count it, and Spamhaus lists abused short links.

## How to fix
Link to the page itself, or shorten under a domain of your own.

## Example
Before:

    <a href="https://bit.ly/3abc">Your order</a>

After:

    <a href="https://acme.example/order/3">Your order</a>

## References
- https://www.spamhaus.org/faqs/domain-blocklist/
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.data.hygiene import hygiene
from mailproof.model import MessageFacts, Severity
from mailproof.names import is_within


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    for link in {link.host: link for link in reversed(html_of(facts).links)}.values():
        if not any(is_within(link.host, each) for each in hygiene().shorteners):
            continue
        report(
            f"A link goes through the public URL shortener {link.host}.",
            location=in_header("body", link.target, link.host),
            fix="Link to the page itself",
        )
