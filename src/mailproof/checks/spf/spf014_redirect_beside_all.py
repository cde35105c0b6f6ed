"""redirect= is ignored beside all

## What it checks
Whether the record has both `all` and `redirect=`.

## Why it matters
`redirect=` only counts where nothing matches, and `all` always does: the record it names is never
looked at.

## How to fix
Where the record names no other sender, write `include:` in place of `redirect=`, before `all`. Else keep the
one that is meant.

## References
- RFC 7208 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import names_someone, publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import parse_spf, rewritten, without

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where ``redirect`` is beside ``all``: an error where it alone names the senders."""
    for node, record in own_records(facts, report):
        redirect, end = record.redirect, record.all_term
        if redirect is None or end is None:
            continue
        alone = not names_someone(parse_spf(without(record, [redirect])))
        # Before all, an include of the same name allows what the redirect was to allow.
        text = rewritten(record, ((redirect, ""), (end, f"include:{redirect.value} {end.text}")))
        report(
            f"{redirect.text} in the SPF record of {node.domain} is ignored, because the record "
            f"has {end.text}{': it allows nobody' if alone else ''}.",
            location=at(node, redirect),
            fix=publish(
                facts,
                node,
                f"Write include:{redirect.value} before {end.text}"
                f"{'' if alone else ' if it is to allow senders; else remove it'}",
                text if alone else None,
                "repair" if alone else "decision",
            ),
            severity=Severity.ERROR if alone and end.qualifier in "-~" else None,
        )
