"""The mailbox cannot be used

## What it checks
The rule reports a mailbox that could not be reached or read: connection, TLS or certificate, a server that
breaks off, a Maildir or mbox that is not there.

## Why it matters
It says nothing against the domain, but without the mailbox the probe cannot tell whether mail arrives.

## How to fix
Mend what the reason names: host, port, `security`, the certificate, or the path in
`[profiles.NAME.retrieve]`.

## References
- RFC 9051
- RFC 1939
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, retrieval
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = retrieval(facts)
    if came.result == "error" and came.kind != "login":
        report(
            f"The mailbox {came.server} ({came.method}) cannot be used: {came.reason.rstrip('.')}.",
            evidence=certificate_evidence(came.tls) if came.tls is not None else (),
            fix=Fix("Mend what the reason names in the profile's retrieve section."),
        )
