"""Link: text shows another host than its target

## What it checks
Links whose text is itself a web address, and not the name of a file. The rule fires where the link leads to a
host of another domain.

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
from mailproof.data.hygiene import hygiene
from mailproof.message.hosts import same_organization
from mailproof.model import MessageFacts, Severity
from mailproof.records.mailboxes import domain_to_ascii

_SHOWN = re.compile(r"(https?://)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?:[/?#:]\S{0,500})?", re.IGNORECASE)
#: What may be around an address.
_MARKS = " .,;:!?()[]<>\"'«»„“”‘’→›|*"


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    seen: set[tuple[str, str]] = set()
    for link in html_of(facts).links:
        shown = _SHOWN.fullmatch(link.text.strip(_MARKS))
        host = domain_to_ascii(shown[2]) if shown else ""
        if shown is None or not host or not link.host or same_organization(host, link.host):
            continue
        if not shown[1] and shown[2].lower().rpartition(".")[2] in hygiene().files:
            continue  # the name of a file
        pair = (shown[2].lower(), link.host)
        if pair in seen or len(seen) == 10:
            continue
        seen.add(pair)
        report(
            f"A link shows {pair[0]}, but leads to {pair[1]}.",
            location=in_header("body", link.text, shown[2]),
            evidence=(link.target[:300],),
            fix=f"Use words as the link's text, or link to {pair[0]} itself",
        )
