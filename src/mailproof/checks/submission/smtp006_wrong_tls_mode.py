"""The TLS mode does not fit the port

## What it checks
The rule reports implicit TLS spoken to a port that begins in plain text (what other programs show as `[SSL:
WRONG_VERSION_NUMBER]`), and STARTTLS expected of a port that speaks TLS from the first byte.

## Why it matters
No conversation comes about. It is the commonest mistake in mail settings: 465 is implicit TLS, 587 and 25
begin in plain text and go on with STARTTLS.

## How to fix
Set `security` to what the port speaks, or take the other port.

## References
- RFC 8314 section 3.3
- RFC 3207
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, smtp, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "greeting", "tls")
    if stage is not None and stage.kind == "wrong-mode":
        used = smtp(facts).security
        better = "starttls" if used == "tls" else "tls"
        report(
            f'{place(facts)} does not speak the TLS mode "{used}": {stage.reason}.',
            evidence=evidence(stage),
            fix=Fix(f'Set security = "{better}" for this port in the profile\'s submit section.'),
        )
