"""Message: syntax error in the header or file

## What it checks
The lines of the header section, the syntax of `From`, and the file itself. The rule fires on a line that is
neither a header field nor the continuation of one, on a fault in `From`, and on a file that is not one
message as it arrived.

## Why it matters
Each program reads malformed input differently, which is a way to deceive filters. Where pasting or saving
did the damage, results for this copy may not be those of the message.

## How to fix
Save the original message (“Show original”, “Download .eml”) and verify that. Correct the program that
composes the header.

## Example
Before:

    From: Alice <alice@web@acme.example>

After:

    From: Alice <alice@acme.example>

## References
- RFC 5322 section 2.2
- RFC 5322 section 3.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity


@declare(Severity.INFO, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    for problem in facts.problems[:20]:
        author = problem.startswith("From: ")
        report(
            f"{problem[0].upper()}{problem[1:]}.",
            location=in_header("From", facts.from_header)
            if author
            else in_header("message", problem, problem),
            fix=Fix("Write From as: Name <local@domain>")
            if author
            else Fix("Verify the original message as it was delivered (an .eml download)"),
            severity=Severity.WARNING if author else None,
        )
