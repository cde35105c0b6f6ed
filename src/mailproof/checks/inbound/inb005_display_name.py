"""Inbound: forged display name accepted

## What it checks
Where a message lands whose display name is the recipient's own address, while the From address is
another. The rule fires where it lands in the inbox.

## Why it matters
Many mail programs show the display name alone: the message looks as if it came from a colleague. SPF,
DKIM and DMARC do not see it.

## How to fix
Let the spam filter score, or mark, messages from outside whose display name has an address of your own
domain.
## Example
Before:

    From: "boss@acme.example" <someone@elsewhere.example>

After (marked by the filter):

    Subject: [external] Invoice

## References
- RFC 5322 section 3.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, InboundFacts, Severity


@declare(Severity.WARNING, in_inbox("display-name"))
def check(facts: InboundFacts, case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message in {folder(case)} that shows {facts.recipient} as its sender and "
        f"comes from {case.header_from[0]}.",
        evidence=evidence(case),
        fix="Let the spam filter score display names that have an address of your own domain",
    )
