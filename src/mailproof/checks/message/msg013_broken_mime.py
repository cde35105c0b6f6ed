"""The MIME structure is broken

## What it checks
The boundaries of a multipart exist and are closed, encodings and charsets exist, base64 can be decoded, and
`MIME-Version` is there.

## Why it matters
Readers show such a message in part or as source text; filters count it as a sign of malware; gateways that
mend it break the DKIM signature.

## How to fix
Let a library build the message instead of joining strings; look at what gateways add.

## References
- RFC 2045 section 6
- RFC 2046 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import sent_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    content = sent_of(facts)
    if not content.problems:
        return
    report(
        f"The structure of the message is broken: {content.problems[0]}.",
        location=in_header("Content-Type"),
        evidence=content.problems,
        fix=Fix("let a library build the MIME structure"),
    )
