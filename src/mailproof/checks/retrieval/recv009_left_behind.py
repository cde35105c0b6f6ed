"""The probe is still in the mailbox

## What it checks
The rule reports a probe that was not removed after it was found: because nobody asked, or because it did
not work.

## Why it matters
Probes pile up in a mailbox that is used for regular checks.

## How to fix
Set `remove = true` in `[profiles.NAME.retrieve]`. Where the removal failed, the reason is told.

## References
- RFC 9051 section 6.4.3
- RFC 4315
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import found
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = found(facts)
    if came.removed:
        return
    why = came.remove_problem if came.remove_requested else "its removal was not asked for"
    report(
        f'The probe is still in the folder "{came.folder}" of {came.server}: {why}.',
        fix=Fix(
            f"Delete the message with {facts.token} in its Subject by hand."
            if came.remove_requested
            else "Set remove = true in the profile's retrieve section."
        ),
    )
