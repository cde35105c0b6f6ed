"""SPF: redirect= ignored because of all

## What it checks
The record's `redirect=`. The rule fires where the record has `all` too.

## Why it matters
`redirect=` counts only where no term matches, and `all` always does: the record it names is never read.

## How to fix
If the record names no other sender, replace `redirect=` with `include:`, before `all`. Otherwise keep the one
you meant.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all redirect=esp.example"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 include:esp.example -all"

## References
- RFC 7208 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord
from mailproof.records.spf import parse_spf, rewritten, without


@declare(Severity.WARNING, each=own_records)
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    redirect, end = record.redirect, record.all_term
    if redirect is None or end is None:
        return
    alone = not parse_spf(without(record, [redirect])).names_someone
    # An include of the same name before all allows what the redirect was intended to allow.
    text = rewritten(record, ((redirect, ""), (end, f"include:{redirect.value} {end.text}")))
    summary = f"Replace it with include:{redirect.value} before {end.text}"
    unsure = f"{summary} if those hosts send for the domain; otherwise remove it"
    report(
        f"{redirect.text} in the SPF record of {node.domain} is ignored, because the record "
        f"has {end.text}{', and it names no other sender' if alone else ''}.",
        location=at(node, redirect),
        fix=publish(facts, node, summary, text) if alone else publish(facts, node, unsure, None, "decision"),
        severity=Severity.ERROR if alone and end.qualifier in "-~" else None,
    )
