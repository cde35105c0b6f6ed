"""Message: line longer than 998 octets

## What it checks
The length of each line without its CRLF. The rule fires where one has more than 998 octets.

## Why it matters
Servers split longer lines or reject them, and a split line breaks the DKIM body hash.

## How to fix
Encode HTML and text parts in quoted-printable or base64.

## Example
Before (one line of 1507 octets):

    <p>long long long long long long long long …

After (quoted-printable):

    <p>long long long long long long long long long long long long long long=
     long long long long …

## References
- RFC 5322 section 2.1.1
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.model import Location, MessageFacts, Severity


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    shape = facts.shape
    if shape.longest_line:
        lines = ", ".join(str(number) for number in shape.long_lines)
        report(
            f"A line has {shape.longest_line} octets; 998 are allowed (line {lines}). Relays split it, "
            "which breaks DKIM.",
            location=Location(name="lines", rrtype="body"),
            fix="Encode the part in quoted-printable or base64",
        )
    if not facts.has_body:
        raise Undetermined("only headers were given: could not check the lines of the body")
