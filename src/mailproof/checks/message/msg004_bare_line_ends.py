"""Message: bare LF, bare CR or NUL

## What it checks
The line ends of the message. The rule fires on a bare LF or CR and on NUL. A file saved with LF throughout
is not at fault.

## Why it matters
SMTP allows CRLF only. Since the SMTP smuggling attacks many servers reject a bare LF or CR, and others
change it, which breaks DKIM.

## How to fix
Let the program that composes the mail write CRLF, and encode binary content in base64.

## Example
Before:

    your order<LF>
    has been sent.<CR><LF>

After:

    your order<CR><LF>
    has been sent.<CR><LF>

## References
- RFC 5322 section 2.3
- RFC 5321 section 2.3.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.model import Location, MessageFacts, Severity


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    if not facts.has_body:
        report.unknown("only headers were given: could not check the lines of the body")
    shape = facts.shape
    for count, what in (
        (shape.bare_lf, "bare LF"),
        (shape.bare_cr, "bare CR"),
        (shape.nul_octets, "NUL octets"),
    ):
        if count:
            report(
                f"The message has {what} ({count}×): servers reject or change it, which breaks DKIM.",
                location=Location(name=what, rrtype="body"),
                fix="End every line with CRLF, and encode content that is not text in base64",
            )
