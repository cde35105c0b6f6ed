"""A shorter record allows the same addresses

## What it checks
Where the record costs more than ten lookups: whether a record of at most ten gives every address the same
result as the one published. Terms that add nothing are left out, then the cheapest includes, `a` and `mx` are
written out as address ranges. The new record is read back and compared address by address; terms that depend
on the message (macros, `exists`, `ptr`) stay as they are.

## Why it matters
Past the tenth lookup receivers stop with `permerror`.

## How to fix
Publish the records given. The addresses are copied: when a provider changes its own, mail from the new ones
fails until the copy is made again. So remove services that are no longer in use first, and look at the
copied ranges every month, or let a tool write them.

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 10.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, record_of, shown, spf_of, still_unknown
from mailproof.model import MAX_LOOKUPS, DomainFacts, Fix, FixRecord, Severity, SpfNode
from mailproof.records.spf.flatten import Flattened, flatten

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("SPF003",))


def check(facts: DomainFacts, report: Reporter) -> None:
    root, _ = record_of(facts)
    spf = spf_of(facts)
    still_unknown(facts)
    if spf.lookup_count <= MAX_LOOKUPS:
        return
    made = flatten(root)
    if made is None:
        return
    report(
        f"{'One record' if len(made.records) == 1 else f'{len(made.records)} records'} of {made.lookups} "
        f"lookups in all can give every address the same result as the record of {root.domain} with its "
        f"{spf.lookup_count}.",
        location=at(root),
        evidence=_evidence(made),
        fix=_fix(root, made),
    )


def _evidence(made: Flattened) -> tuple[str, ...]:
    lines = (
        f"left out, since it adds nothing: {shown(made.dropped)}" if made.dropped else "",
        f"written out as addresses: {shown(made.replaced)}" if made.replaced else "",
        f"cannot be written out: {shown(made.kept_open)}" if made.kept_open else "",
    )
    return tuple(line for line in lines if line)


def _fix(root: SpfNode, made: Flattened) -> Fix:
    """The owner's to decide: what is left out or copied is no longer followed when its owner changes it."""
    summary = (
        f"Publish this while {shown(made.replaced, 3)} cannot be done without; the addresses are copied as "
        "they are today and go stale when the provider changes them"
        if made.replaced
        else "Publish the record without the terms that add nothing today"
    )
    if root.lookup is not None and root.lookup.chain:
        return Fix(f"{summary}. The record to change is at {root.lookup.chain[-1]}", kind="decision")
    return Fix(summary, tuple(FixRecord(name, "TXT", text) for name, text in made.records), "decision")
