"""Close to the limit of ten lookups

## What it checks
Whether the record costs eight, nine or ten of the ten DNS lookups that are allowed.

## Why it matters
One more service, or one more include published by a service already there, makes the record a
`permerror` without any change of yours.

## How to fix
Remove services no longer in use, and replace `a` and `mx` by addresses where they are yours.

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, record_of, spf_of, still_unknown
from mailproof.checks.spf.spf003_too_many_lookups import costs
from mailproof.model import MAX_LOOKUPS, DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)
_CLOSE = 8


def check(facts: DomainFacts, report: Reporter) -> None:
    root, _ = record_of(facts)
    count = spf_of(facts).lookup_count
    if _CLOSE <= count <= MAX_LOOKUPS:
        most = max(root.costs, key=lambda cost: cost.lookups_after - cost.lookups_before)
        report(
            f"The SPF record of {root.domain} costs {count} of the {MAX_LOOKUPS} DNS lookups allowed.",
            location=at(root),
            evidence=costs(root),
            fix=Fix(f"Make room; most is spent on {most.term.text}", kind="decision"),
            severity=Severity.INFO if count < MAX_LOOKUPS else None,
        )
    if count <= MAX_LOOKUPS:
        still_unknown(facts)
