"""Mailbox: sign-in refused

## What it checks
The sign-in to the mailbox. The rule fires where it was refused, so the arrival could not be checked.

## Why it matters
This is no fault of the domain, but without the mailbox the probe can't see whether mail arrives.

## How to fix
Check the user name and password in `[profiles.NAME.retrieve]`. Some providers require that IMAP is enabled,
an application password, or OAuth.

## Example
Before:

    NO [AUTHENTICATIONFAILED] Authentication failed.

After:

    OK Logged in

## References
- RFC 9051 section 6.2.3
- RFC 1939 section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import retrieval
from mailproof.model import RetrievalFacts, Severity


@declare(Severity.WARNING, retrieval, consequence="tidy")
def check(came: RetrievalFacts, report: Reporter) -> None:
    if came.result == "error" and came.kind == "login":
        report(
            f"Could not sign in to the mailbox {came.server} ({came.method}): {came.reason.rstrip('.')}.",
            fix=(
                f"Check user name and password. {came.sign_in}"
                if came.sign_in
                else "Check user name and password in the retrieve section, and that IMAP is enabled"
                if came.reason.startswith("the server refuses")
                else "Use TLS (security in the retrieve section), and a mechanism that the server offers"
            ),
        )
