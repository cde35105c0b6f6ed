"""Inbound: message accepted and dropped

## What it checks
Messages that the server accepted, and that were in no folder by the deadline, although the control
message arrived.

## Why it matters
A server that accepts a message is responsible for it. Where it drops genuine mail by mistake, neither
sender nor recipient will know.

## How to fix
Refuse at SMTP, or put it in a quarantine that someone reads. Where the filter is only slow, raise
`deadline`.
## Example
Before (Postfix header_checks):

    /^X-Spam-Flag: YES/ DISCARD

After:

    /^X-Spam-Flag: YES/ REJECT

## References
- RFC 5321 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import control_of, evidence
from mailproof.model import InboundFacts, Severity


@declare(Severity.INFO)
def check(facts: InboundFacts, report: Reporter) -> None:
    control_of(facts)
    for case in facts.cases:
        if case.place == "missing":
            report(
                f"The server accepted a message ({case.what}), which did not arrive within "
                f"{facts.deadline_s:g} s.",
                evidence=evidence(case),
            )
