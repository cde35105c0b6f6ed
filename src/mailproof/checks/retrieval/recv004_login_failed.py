"""The mailbox refuses the login

## What it checks
The rule reports a mailbox that could not be logged in to, so that nothing is known about the arrival.

## Why it matters
It says nothing against the domain, but without the mailbox the probe cannot tell whether mail arrives.

## How to fix
Check user name and secret of `[profiles.NAME.retrieve]`; some providers want IMAP to be enabled, an
application password or OAuth.

## References
- RFC 9051 section 6.2.3
- RFC 1939 section 4
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.delivery import retrieval, subject
from mailproof.model import DeliveryFacts, Finding, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DeliveryFacts) -> Iterator[Finding]:
    """Yield a finding where the login failed."""
    came = retrieval(facts)
    if came.result == "error" and came.kind == "login":
        yield report(
            RULE,
            subject(facts),
            f"The mailbox {came.server} ({came.method}) cannot be logged in to: {came.reason.rstrip('.')}.",
            fix=Fix("Check user name and secret in the retrieve section, and that IMAP is enabled."),
        )
