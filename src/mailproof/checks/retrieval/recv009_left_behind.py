"""Mailbox: probe left behind

## What it checks
The probe after it was found. The rule fires where it was not removed, because the profile did not ask for
it or because it failed.

## Why it matters
Probes pile up in a mailbox that is used for regular checks.

## How to fix
Set `remove = true` in `[profiles.NAME.retrieve]`. If the removal failed, the finding gives the reason.

## Example
Before:

    [profiles.acme.retrieve]
    remove = false

After:

    [profiles.acme.retrieve]
    remove = true

## References
- RFC 9051 section 6.4.3
- RFC 4315
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import found
from mailproof.model import DeliveryFacts, RetrievalFacts, Severity


@declare(Severity.INFO, found, consequence="tidy")
def check(facts: DeliveryFacts, came: RetrievalFacts, report: Reporter) -> None:
    if came.removed:
        return
    why = came.remove_problem if came.remove_requested else "the profile does not ask for its removal"
    report(
        f'The probe is still in the folder "{came.folder}" of {came.server}: {why}.',
        fix=(
            f"Delete the message with {facts.token} in its Subject by hand"
            if came.remove_requested
            else "Set remove = true in the profile's retrieve section"
        ),
    )
