"""Mailbox: can't be read

## What it checks
The connection to the mailbox. The rule fires where it could not be reached or read: connection, TLS or
certificate, a server that drops the connection, a Maildir or mbox that does not exist.

## Why it matters
This is no fault of the domain, but without the mailbox the probe can't see whether mail arrives.

## How to fix
Correct what the reason names: host, port, `security`, the certificate, or the path in
`[profiles.NAME.retrieve]`. Where the server broke off or refused, look at its log.

## Example
Before (the port times out):

    [profiles.acme.retrieve]
    host = "imap.rcpt.test"
    port = 933

After:

    [profiles.acme.retrieve]
    host = "imap.rcpt.test"
    port = 993

## References
- RFC 9051
- RFC 1939
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, retrieval
from mailproof.model import RetrievalFacts, Severity

_SECTION = "the profile's retrieve section"
_FIXES = {
    "connect": f"Check host and port in {_SECTION}, that the server listens there, and any firewall",
    "tls": f"Correct the server's certificate or TLS, or host, security or ca_file in {_SECTION}",
    "protocol": f"Look at the mailbox server's log at that time, and check host and port in {_SECTION}",
    "storage": f"Correct the path in {_SECTION}, or its permissions",
}


@declare(Severity.WARNING, retrieval, consequence="tidy")
def check(came: RetrievalFacts, report: Reporter) -> None:
    if came.result == "error" and came.kind != "login":
        report(
            f"Could not read the mailbox {came.server} ({came.method}): {came.reason.rstrip('.')}.",
            evidence=certificate_evidence(came.tls) if came.tls is not None else (),
            fix=_FIXES.get(came.kind, _FIXES["protocol"]),
        )
