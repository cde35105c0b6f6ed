"""Mailbox: connection not secured

## What it checks
The IMAP or POP3 connection to the mailbox. The rule fires where it had no TLS, or where verification was
turned off.

## Why it matters
The mailbox's password crosses the network in the clear, or goes to anyone who shows a certificate.

## How to fix
Use port 993 (IMAP) or 995 (POP3) with verification. For a private CA, name its root certificate in
`ca_file`.

## Example
Before:

    [profiles.acme.retrieve]
    port = 143
    security = "plain"

After:

    [profiles.acme.retrieve]
    port = 993
    security = "tls"

## References
- RFC 8314 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import retrieval
from mailproof.model import RetrievalFacts, Severity

_NO_CONNECTION = ("error", "skipped", "interrupted")


@declare(Severity.WARNING, retrieval, consequence="tidy")
def check(came: RetrievalFacts, report: Reporter) -> None:
    by_api = came.method in ("graph", "gmail")
    if (not by_api and came.method not in ("imap", "pop3")) or came.result in _NO_CONNECTION:
        return
    if came.tls is None:
        problem = "is not encrypted"
    elif came.tls.verification_off:
        problem = "is encrypted, but the certificate was not verified"
    else:
        return
    report(
        f"The connection to the mailbox {came.server} {problem}.",
        fix=(
            "Use an https URL, with verification on"
            if by_api
            else "Use implicit TLS (993 or 995) with verification on"
        ),
    )
