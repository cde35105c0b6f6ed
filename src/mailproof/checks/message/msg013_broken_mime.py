"""Message: broken MIME structure

## What it checks
The MIME structure. The rule fires on a boundary that is missing or not closed, on encodings and character
sets that don't exist, on base64 that can't be decoded, and on a missing `MIME-Version`.

## Why it matters
Mail programs show such a message in part or as source text, filters count it as a sign of malware, and
gateways that repair it break the DKIM signature.

## How to fix
Let a library build the message instead of joining strings. Look at what gateways add.

## Example
Before (cut off):

    --B
    Content-Type: text/html; charset=utf-8

    <p>Dear Bob, …</p>

After:

    --B
    Content-Type: text/html; charset=utf-8

    <p>Dear Bob, …</p>
    --B--

## References
- RFC 2045 section 6
- RFC 2046 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import sent_of
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageContent, Severity


@declare(Severity.WARNING, sent_of)
def check(content: MessageContent, report: Reporter) -> None:
    if not content.problems:
        return
    report(
        f"The MIME structure is broken: {content.problems[0]}.",
        location=in_header("Content-Type"),
        evidence=content.problems,
        fix="Let a library build the MIME structure",
    )
