"""The sender address is refused

## What it checks
The rule reports a permanent refusal at MAIL FROM.

## Why it matters
No mail leaves. The usual reasons: no login where one is needed (`530`), an account that may not use this
sender (`5.7.60`, `553`), a sender domain that does not exist (`5.1.8`).

## How to fix
Log in, and use a sender address that the account owns. For `5.1.8` publish the domain's MX or address
record.

## References
- RFC 5321 section 3.3
- RFC 3463
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, said, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "mail")
    if stage is not None and stage.kind == "rejected":
        needs_login = stage.code == 530
        report(
            f"{place(facts)} refuses the sender <{facts.mail_from}>: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix(
                "Configure username and password (or token) in the profile's submit section."
                if needs_login
                else f"Use a sender that this account may use, or have the server allow <{facts.mail_from}>."
            ),
        )
