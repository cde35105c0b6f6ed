"""The SMTP server does not offer STARTTLS

## What it checks
The rule reports a server that was to be spoken to by STARTTLS and does not name it among its extensions.
Nothing was sent then.

## Why it matters
The password and the message would go over the network in plain text. Where the server is known to offer it,
somebody on the path may be removing it (a stripping attack, or a firewall's SMTP inspection).

## How to fix
Switch STARTTLS on at the server, or use port 465 (implicit TLS). In a test network without TLS, say so with
`security = "plain"`.

## References
- RFC 3207
- RFC 8314 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, smtp, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "starttls")
    if stage is not None and stage.kind == "unsupported":
        offered = ", ".join(smtp(facts).extensions) or "no extension at all"
        report(
            f"{place(facts)} does not offer STARTTLS, so that nothing was sent.",
            evidence=(*evidence(stage), f"offered: {offered}"),
            fix=Fix("Enable TLS on the server's submission port, or use port 465 with implicit TLS."),
        )
