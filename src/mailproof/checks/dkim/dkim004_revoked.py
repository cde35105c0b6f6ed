"""A key is revoked

## What it checks
The rule reports key records with an empty `p=`, which means that the key was withdrawn. For selectors that
only the list of usual ones found, this is information: revoked keys are left over from changes of keys.

## Why it matters
Any signature made with this selector fails (`dkim=permerror`, key revoked).

## How to fix
If the selector is still in use, publish its current public key. If not, the record can stay until no mail
signed with it is under way, and then go.

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import NAMED, keys
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        if key.record.revoked:
            report(
                f"The key at {key.facts.name} is revoked: its p= is empty.",
                location=key.at_tag("p"),
                evidence=(key.facts.lookup.describe(),),
                fix=Fix(
                    f"Publish the current key of the selector {key.facts.selector} if it still signs; "
                    f"otherwise the record may be removed{key.whose}",
                    kind="decision",
                ),
                severity=None if key.facts.origin in NAMED else Severity.INFO,
            )
