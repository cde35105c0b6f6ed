"""The connection to the mailbox is not secured

## What it checks
The rule reports an IMAP or POP3 connection without TLS, or with verification switched off.

## Why it matters
The mailbox's password goes over the network for all to read, or to whoever shows any certificate.

## How to fix
Use port 993 (IMAP) or 995 (POP3) with verification; name a private authority's root in `ca_file`.

## References
- RFC 8314 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import retrieval
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = retrieval(facts)
    if came.method not in ("imap", "pop3") or came.result in ("error", "skipped", "interrupted"):
        return
    if came.tls is None:
        problem = "is not encrypted"
    elif came.tls.verification_off:
        problem = "is encrypted, but the certificate was not verified"
    else:
        return
    report(
        f"The connection to the mailbox {came.server} {problem}.",
        fix=Fix("Use implicit TLS (993 or 995) with verification on."),
    )
