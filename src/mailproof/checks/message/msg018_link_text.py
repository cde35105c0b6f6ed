"""Link: text shows another host than its target

## What it checks
Links whose text is itself a web address. The rule fires where the link leads to a host of another domain.

## Why it matters
It is the oldest sign of phishing: Gmail warns, and filters count it. Links that a mail service rewrites to
count clicks look the same.

## How to fix
Use words as the link's text, or let the mail service use a link domain under your own.

## Example
Before:

    <a href="https://click.esp.test/1">www.acme.example</a>

After:

    <a href="https://acme.example/">Our shop</a>

## References
- https://support.google.com/mail/answer/81126
- https://spamassassin.apache.org/ (rule URI_PHISH)
"""

import re

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.message.hosts import same_organization
from mailproof.model import MessageFacts, Severity

_SHOWN = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?:[/?#:]\S{0,500})?", re.IGNORECASE
)


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    seen: set[tuple[str, str]] = set()
    for link in html_of(facts).links:
        shown = _SHOWN.fullmatch(link.text.strip())
        if shown is None or not link.host or same_organization(shown[1], link.host):
            continue
        pair = (shown[1].lower(), link.host)
        if pair in seen or len(seen) == 10:
            continue
        seen.add(pair)
        report(
            f"A link shows {pair[0]}, but leads to {pair[1]}.",
            location=in_header("body", link.text, shown[1]),
            evidence=(link.target[:300],),
            fix=f"Use words as the link's text, or link to {pair[0]} itself",
        )
