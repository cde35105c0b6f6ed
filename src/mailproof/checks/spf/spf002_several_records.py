"""SPF: several records

## What it checks
The TXT records of the domain. The rule fires where more than one of them begins with `v=spf1`, and where the
one that does has no `all` and another TXT record holds nothing but SPF terms: the rest of it.

## Why it matters
Receivers must not pick one of several: the result is `permerror`, as if every record were broken. It usually
happens when a second service's record is added beside the first. Nor do they join TXT records: what is in the
second one does nothing.

## How to fix
Merge the records into one, and remove the others.

## Example
Before:

    acme.example. TXT "v=spf1 include:esp.example -all"
    acme.example. TXT "v=spf1 ip4:192.0.2.10 ~all"

After:

    acme.example. TXT "v=spf1 include:esp.example ip4:192.0.2.10 ~all"

## References
- RFC 7208 section 4.5
- RFC 7208 section 3.2
- RFC 7208 section 3.3
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import at, shown, spf_of
from mailproof.model import Fix, FixRecord, Location, Severity, SpfFacts, SpfNode
from mailproof.records.spf import joined, merged, read_spf, rest_of


@declare(Severity.ERROR, spf_of)
def check(spf: SpfFacts, report: Reporter) -> None:
    root = spf.root
    if root.record is not None and (rest := rest_of(root.record, spf.other_txt)):
        report(
            f"The SPF record of {root.domain} goes on in another TXT record, which receivers don't join: "
            f"{shown((repr(text[:80]) for text in rest), 4)}.",
            location=at(root),
            evidence=rest,
            fix=_joined(root, joined(root.record, rest), rest),
        )
    if root.status != "multiple":
        return
    report(
        f"{root.domain} has {len(root.records)} SPF records, so receivers get permerror.",
        location=Location(root.domain, "TXT", root.records[0]),
        evidence=root.records[:10],
        fix=one_record(root),
    )


def one_record(root: SpfNode) -> Fix:
    """One record that allows everything that they do; only words if they are contradictory or broken."""
    texts = [reading.meant if (reading := read_spf(text)) else None for text in root.records[:20]]
    one = merged(text for text in texts if text is not None) if None not in texts else None
    alias = root.lookup is not None and root.lookup.chain
    if one is None or len(root.records) > len(texts) or alias:
        return decision("Merge them into one record: every term once, and the all you want at the end")
    removed = (FixRecord(root.domain, "TXT", text, "remove") for text in root.records if text != one)
    return Fix("Merge them into one record", (FixRecord(root.domain, "TXT", one), *removed))


def _joined(root: SpfNode, whole: str | None, rest: tuple[str, ...]) -> Fix:
    """A decision if it closes a record that is currently neutral about other hosts."""
    if whole is None or (root.lookup is not None and root.lookup.chain):
        return Fix("Put all terms into one TXT record, with all at the end")
    removed = (FixRecord(root.domain, "TXT", text, "remove") for text in (*root.records, *rest))
    cut = root.record is not None and root.record.cut
    closes = root.status == "ok" and not cut and rest[-1].lower().endswith("all")
    summary = "Publish one record with all terms"
    return Fix(summary, (FixRecord(root.domain, "TXT", whole), *removed), "decision" if closes else "repair")
