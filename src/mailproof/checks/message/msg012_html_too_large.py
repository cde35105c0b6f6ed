"""Message: HTML over 102 KB, which Gmail clips

## What it checks
The size of the HTML when decoded. The rule fires above 102 KB.

## Why it matters
Gmail shows the first 102 KB and then `[Message clipped]`: the end, with the unsubscribe link, is not seen.

## How to fix
Remove comments, unused styles and repeated markup. Don't embed images in the HTML (`data:`).

## Example
Before: HTML of 118 KB.

After: the same content in less than 102 KB.

## References
- https://support.google.com/mail/answer/81126
- https://www.litmus.com/blog/gmail-clipping
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageContent, Severity

#: Octets.
LIMIT = 102 * 1024


@declare(Severity.WARNING, html_of)
def check(content: MessageContent, report: Reporter) -> None:
    if content.html_octets <= LIMIT:
        return
    message = f"The HTML is {content.html_octets / 1024:.0f} KB; Gmail shows only the first 102 KB."
    fix = Fix(f"Shorten the HTML by at least {(content.html_octets - LIMIT) / 1024:.0f} KB")
    report(message, location=in_header("Content-Type"), fix=fix)
