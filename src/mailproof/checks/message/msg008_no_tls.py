"""Delivery: no TLS, or an obsolete version

## What it checks
The `Received` header of the server that took the message in. The rule fires where the handover was without
TLS, or with a version before TLS 1.2. “Without TLS” is reported only for servers that are known to record
TLS; for others the result is unknown.

## Why it matters
Gmail requires TLS from all senders (4.7.29, 5.7.29) and shows a broken padlock without it.

## How to fix
Let the sending server use STARTTLS whenever it is offered (Postfix: `smtp_tls_security_level = may` or
`dane`).

## Example
Before:

    Received: from mail.acme.example (mail.acme.example [192.0.2.10])
     by mx.rcpt.test (Postfix) with ESMTP id 4Xy

After:

    Received: from mail.acme.example (mail.acme.example [192.0.2.10])
     (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
     by mx.rcpt.test (Postfix) with ESMTPS id 4Xy

## References
- RFC 3207
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import handover_of
from mailproof.model import Fix, ReceivedHop, Severity


@declare(Severity.WARNING, handover_of)
def check(hop: ReceivedHop, report: Reporter) -> None:
    fix = Fix("Let the sending server use STARTTLS with TLS 1.2 or newer whenever it is offered")
    client, server = hop.helo or hop.ip, hop.by or "the receiving server"
    if hop.tls.startswith(("SSL", "TLSv1.0", "TLSv1.1")) or hop.tls.split(" ")[0] == "TLSv1":
        message = f"{client} handed the message to {server} over {hop.tls}, which is obsolete."
        report(message, evidence=(hop.raw,), fix=fix)
    elif not hop.tls:
        if not hop.tells_tls:
            raise Undetermined(f"the Received header of {server} does not show whether TLS was used")
        message = f"{client} handed the message to {server} without TLS ({hop.with_})."
        report(message, evidence=(hop.raw,), fix=fix)
