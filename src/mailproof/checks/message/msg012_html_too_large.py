"""Gmail clips the message

## What it checks
The HTML is no larger than 102 KB (as it stands when decoded).

## Why it matters
Gmail shows the first 102 KB alone and then `[Message clipped]`: what stands at the end, as the unsubscribe
link, is not seen.

## How to fix
Take comments, unused styles and repeated markup out; put no images into the HTML itself (`data:`).

## References
- https://support.google.com/mail/answer/81126
- https://www.litmus.com/blog/gmail-clipping
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


#: Octets.
LIMIT = 102 * 1024


def check(facts: MessageFacts, report: Reporter) -> None:
    content = html_of(facts)
    if content.html_octets <= LIMIT:
        return
    message = f"The HTML has {content.html_octets / 1024:.0f} KB; Gmail shows the first 102 KB alone."
    fix = Fix(f"shorten the HTML by at least {(content.html_octets - LIMIT) / 1024:.0f} KB")
    report(message, location=in_header("Content-Type"), fix=fix)
