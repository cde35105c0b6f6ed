"""SPF: record can be flattened to 10 lookups

## What it checks
Records that need more than 10 lookups. The rule fires where records of at most 10 in all can give every
address the same result. Terms that add nothing are left out; then the cheapest `include`, `a` and `mx` terms
are written out as address ranges. The new record is read back and compared address by address. Terms that
depend on the message (macros, `exists`, `ptr`) stay as they are.

## Why it matters
After the 10th lookup receivers stop with `permerror`.

## How to fix
First remove services you no longer use. Then publish the records given. Their addresses are a copy: when a
provider changes its own, mail from the new ones fails until you copy them again. Check the copied ranges
every month, or let a tool write them.

## Example
Before:

    acme.example. TXT "v=spf1 mx include:s1.esp.example include:s2.esp.example include:s3.esp.example
        include:s4.esp.example include:s5.esp.example ~all" ; 11 lookups: each include costs 2

After:

    acme.example. TXT "v=spf1 mx ip4:203.0.113.8/29 ip4:198.51.100.1 include:s2.esp.example
        include:s3.esp.example include:s4.esp.example include:s5.esp.example ~all" ; 9 lookups

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 10.1.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import at, record_of, require_complete, shown, spf_of
from mailproof.model import MAX_LOOKUPS, DomainFacts, Fix, FixRecord, Severity, SpfNode, SpfRecord
from mailproof.records.spf.flatten import Flattened, flatten


@declare(Severity.INFO, record_of, because_of="SPF003")
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, _ = found
    spf = spf_of(facts)
    require_complete(facts)
    made = flatten(root) if spf.lookup_count > MAX_LOOKUPS else None
    if made is None:
        return
    changes = (
        f"left out, adds nothing: {shown(made.dropped)}" if made.dropped else "",
        f"written out as addresses: {shown(made.replaced)}" if made.replaced else "",
        f"cannot be written out: {shown(made.kept_open)}" if made.kept_open else "",
    )
    report(
        f"The SPF record of {root.domain} needs {spf.lookup_count} lookups; "
        f"{'one record' if len(made.records) == 1 else f'{len(made.records)} records'} with {made.lookups} "
        "in all can give every address the same result.",
        location=at(root),
        evidence=tuple(filter(None, changes)),
        fix=_fix(root, made),
    )


def _fix(root: SpfNode, made: Flattened) -> Fix:
    """A decision, since later changes to dropped or copied terms are no longer followed."""
    summary = (
        f"If you can't do without {shown(made.replaced, 3)}, publish the addresses instead; they are copied "
        "as they are today and go stale when the provider changes them"
        if made.replaced
        else "Publish the record without the terms that add nothing today"
    )
    if root.lookup is not None and root.lookup.chain:
        return decision(f"{summary}. The record to change is at {root.lookup.chain[-1]}")
    return decision(summary, *(FixRecord(name, "TXT", text) for name, text in made.records))
