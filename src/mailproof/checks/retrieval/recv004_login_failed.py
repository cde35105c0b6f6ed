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

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import retrieval
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = retrieval(facts)
    if came.result == "error" and came.kind == "login":
        report(
            f"The mailbox {came.server} ({came.method}) cannot be logged in to: {came.reason.rstrip('.')}.",
            fix=Fix("Check user name and secret in the retrieve section, and that IMAP is enabled."),
        )
