"""Delivery: body changed on the way

## What it checks
The body of the message that arrived, compared with the one sent. The rule fires where they differ by more
than DKIM's relaxed canonicalization allows: a footer or banner, rewritten links, another transfer encoding,
parts added or removed.

## Why it matters
DKIM signatures made before the change fail (`body hash did not verify`), and DMARC fails too unless an
aligned SPF passes.

## How to fix
Turn off the footer, banner or link rewriting for outgoing mail, or sign after it.

## Example
Before (the relay adds a footer):

    … test message.
    --
    This message was scanned.

After:

    … test message.

## References
- RFC 6376 section 3.7
- RFC 6376 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import comparison, shown_change
from mailproof.model import ComparisonFacts, Severity


@declare(Severity.WARNING, comparison, because_of="AUTH007 API015")
def check(facts_of: ComparisonFacts, report: Reporter) -> None:
    changes = [c for c in facts_of.changes if c.part == "body" and not c.harmless]
    if changes:
        kinds = "; ".join(dict.fromkeys(f"{c.name} {c.kind}" for c in changes))
        hops = ", ".join(dict.fromkeys(c.hop for c in changes if c.hop))
        where = f", at {hops}" if hops else ""
        report(
            f"The body did not arrive as it was sent: {kinds}{where}.",
            evidence=tuple(shown_change(c) for c in changes[:20]),
            fix="Turn off what changes the body (footer, banner, link rewriting), or sign after it",
        )
