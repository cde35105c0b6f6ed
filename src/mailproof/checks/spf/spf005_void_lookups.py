"""SPF: more than 2 void lookups

## What it checks
The lookups that the record needs and that have no answer: names that do not exist, or have no record of the
type asked for. The rule fires above 2 and names each of them.

## Why it matters
Receivers should stop with `permerror` at the third void lookup, since records full of dead names are used to
make receivers attack others. Mail that a later term would allow then fails.

## How to fix
Correct the names, or remove the terms whose names are dead.

## Example
Before:

    acme.example. TXT "v=spf1 a:old1.acme.example a:old2.acme.example exists:old3.acme.example
        ip4:192.0.2.10 -all" ; none of the three names exists

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 11.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, record_of, require_complete, shown, spf_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import MAX_VOID_LOOKUPS, DomainFacts, Fix, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import without

_SUMMARY = "Correct the dead names, or remove their terms"


@declare(Severity.ERROR, record_of, because_of="SPF004 SPF010")
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, record = found
    voids = spf_of(facts).void_lookups
    if len(voids) <= MAX_VOID_LOOKUPS:
        require_complete(facts)
        return
    over = next((cost for cost in root.costs if cost.voids_after > MAX_VOID_LOOKUPS), None)
    dead: list[SpfTerm] = []
    before = 0
    for cost in root.costs:
        if cost.voids_after > before and not cost.networks and (cost.child is None or not cost.child.record):
            dead.append(cost.term)
        before = max(before, cost.voids_after)
    names = shown(f"{lookup.rrtype} {lookup.name}" for lookup in voids)
    report(
        f"The SPF record of {root.domain} causes {len(voids)} void lookups, and receivers stop with "
        f"permerror after {MAX_VOID_LOOKUPS}: {names}.",
        location=at(root, over.term if over else None),
        evidence=tuple(lookup.describe() for lookup in voids[:20]),
        fix=publish(facts, root, _SUMMARY, without(record, dead), "decision") if dead else Fix(_SUMMARY),
    )
