"""The domain declines BIMI

## What it checks
Whether the record has an empty l= and no certificate, which says that no logo is wanted.

## Why it matters
Receivers then show none, not even that of the organizational domain. It is right for domains that send no
mail for people; elsewhere it may be a record half filled in.

## How to fix
Where a logo is wanted, fill in l= and a=.

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import records
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found in records(facts, report):
        if found.record.declined:
            report(
                f"The record at {found.name} says that no logo is to be shown.",
                location=found.at_tag("l"),
                fix=Fix("Leave it where that is meant; else name the logo in l= and the certificate in a=."),
            )
