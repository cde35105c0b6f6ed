"""Attachments that receivers refuse

## What it checks
No attachment has an ending that Gmail refuses (programs, scripts, disk images), hidden behind another or not.

## Why it matters
Gmail refuses the whole message (552 5.7.0), Outlook takes the attachment away; filters see malware.

## How to fix
Offer the file for download instead.

## References
- https://support.google.com/mail/answer/6590
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import content_of
from mailproof.checks.message._facts import in_header
from mailproof.data.hygiene import hygiene
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: MessageFacts, report: Reporter) -> None:
    for part in content_of(facts).parts:
        if "." not in part.filename:
            continue
        ending = part.filename.rpartition(".")[2].strip().lower()
        if ending not in hygiene().attachments:
            continue
        report(
            f"The attachment {part.filename[:100]!r} is of a kind (.{ending}) that Gmail refuses.",
            location=in_header("Content-Disposition", part.filename),
            fix=Fix("put the file on a web server and send a link"),
        )
