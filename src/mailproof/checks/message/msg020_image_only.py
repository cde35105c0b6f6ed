"""The message is images, with hardly any text

## What it checks
HTML that shows images has at least a hundred letters of text.

## Why it matters
Filters cannot read images and count such mail against the sender; most readers load images only when asked,
so it looks empty.

## How to fix
Write what matters as text, and give images an alt text.

## References
- https://spamassassin.apache.org/ (rules HTML_IMAGE_ONLY)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


LETTERS = 100


def check(facts: MessageFacts, report: Reporter) -> None:
    content = html_of(facts)
    if not content.images or content.text_letters >= LETTERS:
        return
    count = f"{content.images} image{'s' if content.images > 1 else ''}"
    message = f"The HTML shows {count} and {content.text_letters} letters of text."
    fix = Fix("write what matters as text beside the images")
    report(message, location=in_header("Content-Type"), fix=fix)
