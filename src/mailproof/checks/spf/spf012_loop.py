"""The record includes itself

## What it checks
Whether an `include` or `redirect` leads back to a domain that it came from.

## Why it matters
Receivers go round until the tenth look-up and end in `permerror` for every host that nothing matched
before.

## How to fix
Remove the include that leads back.

## References
- RFC 7208 section 4.6.4
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, links, mend, rewritten
from mailproof.model import DomainFacts, Finding, Rule, Severity

RULE = Rule("SPF012", "The record includes itself", Severity.ERROR, "spf", ("RFC 7208 section 4.6.4",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each term that leads back."""
    for name in ("include", "redirect"):
        for node, cost, child in links(facts, name):
            if child.status == "loop" and node.record is not None:
                yield report(
                    RULE,
                    facts.domain,
                    f"{cost.term.text} in the SPF record of {node.domain} leads back in a "
                    f"circle: {child.reason}.",
                    location=at(node, cost.term),
                    evidence=(child.reason,),
                    fix=mend(
                        facts,
                        node,
                        "Remove the term that leads back",
                        rewritten(node.record, ((cost.term, "" if name == "include" else "~all"),)),
                    ),
                )
