"""The SMTP server does not greet as it should

## What it checks
The rule reports a server that connects and then refuses at once (`554`), stays silent, drops the
connection, sends what is not SMTP, or does not take our EHLO.

## Why it matters
No mail leaves. A `554` greeting is a refusal of this client's address; other services (SSH, HTTP, a proxy)
behind the port look like this too.

## How to fix
Read the server's words: a refusal by address has to be lifted by its administrator. Else check that the
port is an SMTP server's.

## References
- RFC 5321 section 3.1
- RFC 5321 section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, said, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "greeting", "ehlo")
    if stage is not None and stage.kind not in ("deferred", "wrong-mode"):
        report(
            f"{place(facts)} does not take the conversation up at {stage.stage}: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix("Check that an SMTP server listens on this port, and that it accepts this client."),
        )
