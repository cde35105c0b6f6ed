"""Header or file cannot be read as it stands

## What it checks
Every line of the header section is a header field or the continuation of one, `From` parses without
faults, and the file is one message as it arrived.

## Why it matters
What is malformed is read differently by each program, which is a way to deceive filters; and where
pasting or saving did it, results on this copy may not be those of the message.

## How to fix
Save the original message (“show original”, “download .eml”) and verify that; mend what composes the
header.

## References
- RFC 5322 section 2.2
- RFC 5322 section 3.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: MessageFacts, report: Reporter) -> None:
    """A warning for each fault of From, a remark for each of the file."""
    for problem in facts.problems[:20]:
        author = problem.startswith("From: ")
        report(
            f"{problem[0].upper()}{problem[1:]}.",
            location=in_header("From", facts.from_header)
            if author
            else in_header("message", problem, problem),
            fix=Fix("write From as: Name <local@domain>")
            if author
            else Fix("verify the original message as it was delivered (an .eml download)"),
            severity=Severity.WARNING if author else None,
        )
