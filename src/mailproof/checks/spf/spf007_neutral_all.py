"""No statement about other hosts (?all)

## What it checks
Whether the record ends in `?all`.

## Why it matters
`?all` says nothing about hosts not listed: forged mail gets `neutral`, which receivers must treat like
no record at all.

## How to fix
End the record in `~all`, and in `-all` once every sender is listed.

## References
- RFC 7208 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, policy_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import rewritten

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged", profiles="in use")


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where ``all`` is neutral."""
    node, record = policy_of(facts)
    term = record.all_term
    if term is None or term.qualifier != "?":
        return
    report(
        f"The SPF record of {node.domain} ends in ?all, which protects no more than having no record.",
        location=at(node, term),
        fix=publish(
            facts, node, "Mark all others as suspicious", rewritten(record, ((term, "~all"),)), "decision"
        ),
    )
