"""SPF: several records

## What it checks
The TXT records of the domain. The rule fires where more than one of them begins with `v=spf1`.

## Why it matters
Receivers must not pick one: the result is `permerror`, as if every record were broken. It usually happens
when a second service's record is added beside the first.

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
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import shown, spf_of
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity, SpfNode
from mailproof.records.spf import merged, read_spf

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    root = spf_of(facts).root
    if root.status != "multiple":
        return
    report(
        f"{root.domain} has {len(root.records)} SPF records, so receivers get permerror: "
        f"{shown((repr(text[:80]) for text in root.records), 4)}.",
        location=Location(root.domain, "TXT", root.records[0]),
        evidence=root.records[:10],
        fix=_fix(root),
    )


def _fix(root: SpfNode) -> Fix:
    """One record that allows what they all allow; words only if they contradict each other or are broken."""
    texts = [reading.meant if (reading := read_spf(text)) else None for text in root.records[:20]]
    one = merged(text for text in texts if text is not None) if None not in texts else None
    alias = root.lookup is not None and root.lookup.chain
    if one is None or len(root.records) > len(texts) or alias:
        return Fix(
            "Merge them into one record: every term once, and the all you want at the end", kind="decision"
        )
    removed = (FixRecord(root.domain, "TXT", text, "remove") for text in root.records if text != one)
    return Fix("Merge them into one record", (FixRecord(root.domain, "TXT", one), *removed))
