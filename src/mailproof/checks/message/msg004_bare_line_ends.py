"""Bare LF, bare CR or NUL in the message

## What it checks
Every line ends in CRLF, and there is no NUL. A file saved with LF throughout is no fault.

## Why it matters
SMTP knows CRLF alone. A bare LF or CR is refused by many servers since the SMTP smuggling attacks, or
changed on the way, which breaks DKIM.

## How to fix
Let the program that composes the mail write CRLF, and encode binary content in base64.

## References
- RFC 5322 section 2.3
- RFC 5321 section 2.3.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.model import Fix, Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    if not facts.has_body:
        report.unknown("only the header section is known: the lines of the body are not")
    shape = facts.shape
    for count, what in (
        (shape.bare_lf, "bare LF"),
        (shape.bare_cr, "bare CR"),
        (shape.nul_octets, "NUL octets"),
    ):
        if count:
            report(
                f"The message has {count} {what}: servers refuse or change them, which breaks DKIM.",
                location=Location(name=what, rrtype="body"),
                fix=Fix("end every line with CRLF, and encode content that is not text in base64"),
            )
