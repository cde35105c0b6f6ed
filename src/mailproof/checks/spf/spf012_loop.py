"""The record includes itself

## What it checks
Whether an `include` or `redirect` leads back to a domain that it came from.

## Why it matters
Receivers go round until the tenth lookup and end in `permerror` for every host that nothing matched
before.

## How to fix
Remove the include that leads back. Where it is a record of several domains, put the common terms into a
record of their own that both include.

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, links
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import without

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for name in ("include", "redirect"):
        for node, cost, child in links(facts, report, name):
            if child.status == "loop" and node.record is not None:
                # An include of the record itself allows nothing that is not in the record already.
                itself = name == "include" and child.domain == node.domain
                report(
                    f"{cost.term.text} in the SPF record of {node.domain} leads back in a "
                    f"circle: {child.reason}.",
                    location=at(node, cost.term),
                    evidence=(child.reason,),
                    fix=publish(
                        facts,
                        node,
                        "Remove the term that leads back"
                        if itself
                        else "Decide which record is to hold the terms",
                        without(node.record, [cost.term]) if itself else None,
                        "repair" if itself else "decision",
                    ),
                )
