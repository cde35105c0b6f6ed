"""Message was handed over without TLS

## What it checks
The hop that handed the message to the border spoke TLS, as its `Received` header tells. "Without TLS" is
said only of servers that are known to write it down where there was TLS; of others it is unknown.

## Why it matters
Gmail demands TLS of all senders (4.7.29, 5.7.29) and shows a broken padlock without it.

## How to fix
Let the sending server use STARTTLS whenever it is offered (Postfix: `smtp_tls_security_level = may` or
`dane`).

## References
- RFC 3207
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import handover_of
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    """A finding where the handover was in the clear, or with TLS under 1.2."""
    hop = handover_of(facts)
    fix = Fix("let the sending server use STARTTLS with TLS 1.2 or newer whenever it is offered")
    client = hop.helo or hop.ip
    if hop.tls.startswith(("SSL", "TLSv1.0", "TLSv1.1")) or hop.tls.split(" ")[0] == "TLSv1":
        message = f"{client} handed the message to {hop.by} over {hop.tls}, which is obsolete."
        report(message, evidence=(hop.raw,), fix=fix)
    elif not hop.tls:
        if not hop.tells_tls:
            raise Undetermined(f"the Received header of {hop.by} does not tell whether TLS was used")
        message = f"{client} handed the message to {hop.by} without TLS ({hop.with_})."
        report(message, evidence=(hop.raw,), fix=fix)
