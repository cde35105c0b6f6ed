"""HTML stands without a text part

## What it checks
A message with HTML has a `text/plain` part beside it (`multipart/alternative`).

## Why it matters
Readers that show no HTML, notifications and filters have nothing to go by; spam filters count HTML alone
against a message.

## How to fix
Let the program that composes the mail add a text version of the same content.

## References
- RFC 2046 section 5.1.4
- https://spamassassin.apache.org/ (rule MIME_HTML_ONLY)
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: MessageFacts, report: Reporter) -> None:
    content = html_of(facts)
    if content.rebuilt:
        raise Undetermined(f"whether a text part came is not known: {content.rebuilt}")
    texts = [part for part in content.parts if part.media_type == "text/plain" and not part.attachment]
    if texts and (content.plain_letters or not content.text_letters):
        return
    message = "The text part is empty." if texts else "The message is HTML alone, without a text part."
    fix = Fix("send multipart/alternative: first text/plain with the same content, then text/html")
    report(message, location=in_header("Content-Type"), fix=fix)
