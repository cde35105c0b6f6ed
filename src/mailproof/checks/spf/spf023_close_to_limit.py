"""SPF: close to the limit of 10 DNS lookups

## What it checks
The number of DNS lookups that the record needs. The rule fires at 8, 9 and 10 of the 10 allowed.

## Why it matters
One more service, or one more `include` published by a service you already use, turns the record into a
`permerror` without any change on your side.

## How to fix
Remove services you no longer use, and replace `a` and `mx` with addresses where they are yours.

## Example
Before:

    acme.example. TXT "v=spf1 mx include:s1.example include:s2.example
        include:s3.example include:s4.example -all" ; 9 lookups: each include costs 2

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.25 include:s1.example include:s2.example
        include:s3.example -all" ; 6 lookups

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import at, record_of, require_complete, spf_of
from mailproof.checks.spf.spf003_too_many_lookups import costs
from mailproof.model import MAX_LOOKUPS, DomainFacts, Severity, SpfNode, SpfRecord

_CLOSE = 8


@declare(Severity.WARNING, record_of)
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, _ = found
    count = spf_of(facts).lookup_count
    if _CLOSE <= count <= MAX_LOOKUPS:
        most = max(root.costs, key=lambda cost: cost.lookups_after - cost.lookups_before)
        report(
            f"The SPF record of {root.domain} needs {count} of the {MAX_LOOKUPS} DNS lookups allowed.",
            location=at(root),
            evidence=costs(root),
            fix=decision(f"Save lookups; the most expensive term is {most.term.text}"),
            severity=Severity.INFO if count < MAX_LOOKUPS else None,
        )
    if count <= MAX_LOOKUPS:
        require_complete(facts)
