"""Message: images with hardly any text

## What it checks
HTML that shows images. The rule fires where it has fewer than 100 letters of text.

## Why it matters
Filters can't read images and count such mail against the sender. Most mail programs load images only on
request, so the message looks empty.

## How to fix
Write what matters as text, and give images an alt text.

## Example
Before:

    <img src="https://acme.example/a.png" alt="">

After:

    <img src="https://acme.example/a.png" alt="Your parcel">
    <p>Dear Bob, your order has been sent and will be with you in the next few days.
    You can follow the parcel on our page, and return it free of charge.</p>

## References
- https://spamassassin.apache.org/ (rules HTML_IMAGE_ONLY)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageContent, Severity
from mailproof.printable import counted

LETTERS = 100


@declare(Severity.WARNING, html_of)
def check(content: MessageContent, report: Reporter) -> None:
    if not content.images or content.text_letters >= LETTERS:
        return
    text = f"{counted(content.text_letters, 'letter')} of text"
    message = f"The HTML shows {counted(content.images, 'image')} and {text}."
    fix = Fix("Write what matters as text beside the images")
    report(message, location=in_header("Content-Type"), fix=fix)
