"""The border found no reverse name of the sending host

## What it checks
The server that took the message found a PTR name for the client's address that leads back to it. It is judged
by what that server wrote (Postfix: `unknown`, Sendmail: `may be forged`).

## Why it matters
Gmail refuses such mail (550 5.7.25, over IPv6 550 5.7.1), Yahoo and Apple demand the name too.

## How to fix
Let the provider of the address set a PTR to the server's own name, and publish that name's A or AAAA record.

## References
- https://support.google.com/mail/answer/81126
- https://senders.yahooinc.com/best-practices/
- RFC 1912 section 2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import handover_of, in_header
from mailproof.message.senders import no_reverse_name
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    hop = handover_of(facts)
    if not hop.ip or not no_reverse_name(hop):
        return
    report(
        f"{hop.by or 'The border'} found no name for {hop.ip} that leads back to it.",
        location=in_header("Received", hop.raw, hop.ip),
        fix=Fix(f"set a PTR record of {hop.ip} to the server's own name, and an address record of that name"),
    )
