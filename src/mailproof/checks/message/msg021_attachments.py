"""Attachment: file type that Gmail blocks

## What it checks
The file extensions of the attachments. The rule fires on those that Gmail blocks (programs, scripts, disk
images), also behind another extension.

## Why it matters
Gmail rejects the whole message (552 5.7.0), Outlook removes the attachment, and filters see malware.

## How to fix
Offer the file for download instead.

## Example
Before:

    Content-Disposition: attachment; filename="invoice.pdf.exe"

After:

    Content-Disposition: attachment; filename="invoice.pdf"

## References
- https://support.google.com/mail/answer/6590
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import content_of
from mailproof.checks.message._facts import in_header
from mailproof.data.hygiene import hygiene
from mailproof.model import MessageFacts, Severity


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    for part in content_of(facts).parts:
        name = part.filename.rstrip(". ")  # as Windows reads it
        if "." not in name:
            continue
        extension = name.rpartition(".")[2].lower()
        if extension not in hygiene().attachments:
            continue
        report(
            f"The attachment {part.filename[:100]!r} has a file extension that Gmail blocks (.{extension}).",
            location=in_header("Content-Disposition", part.filename),
            fix="Put the file on a web server and send a link",
        )
