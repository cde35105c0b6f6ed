"""The login is refused

## What it checks
The rule reports a server that did not accept the user name and password, or the token.

## Why it matters
No mail leaves. Beside a wrong password, large providers answer so when they want an application password or
OAuth, when SMTP AUTH is disabled for the account, or after too many attempts.

## How to fix
Check the user name (often the whole address) and the secret at its source. Look at the code: `534 5.7.9`
wants an application password, `535 5.7.139` means that basic authentication is disabled.

## References
- RFC 4954 section 6
- RFC 5248
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, said, smtp, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "auth")
    if stage is not None and stage.kind == "rejected":
        mechanism = smtp(facts).auth_mechanism
        report(
            f"{place(facts)} refuses the login by {mechanism}: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix("Check user name and secret; some providers want an application password or OAuth."),
        )
