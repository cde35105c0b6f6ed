"""Lines longer than 998 octets

## What it checks
No line of the message has more than 998 octets without its CRLF.

## Why it matters
Servers break longer lines up or refuse them; a broken line breaks the DKIM body hash.

## How to fix
Encode HTML and text parts in quoted-printable or base64.

## References
- RFC 5322 section 2.1.1
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.model import Fix, Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    shape = facts.shape
    if shape.longest_line:
        lines = ", ".join(str(number) for number in shape.long_lines)
        report(
            f"A line has {shape.longest_line} octets where 998 are allowed (line {lines}): relays "
            "break it up, and DKIM "
            "with it.",
            location=Location(name="lines", rrtype="body"),
            fix=Fix("encode the part in quoted-printable or base64"),
        )
    if not facts.has_body:
        raise Undetermined("only the header section is known: the lines of the body are not")
