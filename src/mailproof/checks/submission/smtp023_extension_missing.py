"""The server lacks what the message needs

## What it checks
The rule reports a message that was not offered to the server because it needs SMTPUTF8 or 8BITMIME, which
it does not have, or is larger than its SIZE.

## Why it matters
This message cannot be sent through this server. A non-ASCII local part in particular needs SMTPUTF8 on each
server of the way.

## How to fix
Use ASCII addresses (the domain part is converted by itself), a 7-bit encoding, a smaller message, or
another server.

## References
- RFC 6531
- RFC 6152
- RFC 1870
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import place, said, smtp, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "mail")
    if stage is not None and stage.kind == "unsupported":
        offered = ", ".join(smtp(facts).extensions) or "none"
        report(
            f"The message cannot be sent through {place(facts)}: {said(stage)}.",
            evidence=(f"extensions offered: {offered}",),
            fix=Fix("Use an ASCII address, a 7-bit encoding or a smaller message, or another server."),
        )
