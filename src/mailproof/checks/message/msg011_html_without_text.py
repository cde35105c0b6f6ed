"""Message: HTML without a text part

## What it checks
The MIME parts of a message with HTML. The rule fires where there is no `text/plain` part beside it
(`multipart/alternative`), or where that part is empty.

## Why it matters
Programs that show no HTML, notifications and filters have nothing to go by. Spam filters count HTML alone
against a message.

## How to fix
Let the program that composes the mail add a text version of the same content.

## Example
Before:

    Content-Type: text/html; charset=utf-8

After:

    Content-Type: multipart/alternative; boundary=B

    --B
    Content-Type: text/plain; charset=utf-8
    …
    --B
    Content-Type: text/html; charset=utf-8

## References
- RFC 2046 section 5.1.4
- https://spamassassin.apache.org/ (rule MIME_HTML_ONLY)
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageContent, Severity


@declare(Severity.INFO, html_of, consequence="tidy")
def check(content: MessageContent, report: Reporter) -> None:
    if content.rebuilt:
        raise Undetermined(f"could not check for a text part: {content.rebuilt}")
    texts = [part for part in content.parts if part.media_type == "text/plain" and not part.attachment]
    if texts and (content.plain_letters or not content.text_letters):
        return
    message = "The text part is empty." if texts else "The message is HTML only, without a text part."
    fix = Fix("Send multipart/alternative: first text/plain with the same content, then text/html")
    report(message, location=in_header("Content-Type"), fix=fix)
