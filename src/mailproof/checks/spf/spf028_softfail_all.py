"""Other hosts are only suspicious (~all)

## What it checks
Whether the record ends in `~all` rather than `-all`.

## Why it matters
For DMARC both count the same: neither passes. `~all` is the careful choice while DMARC enforces the
policy, since some receivers refuse mail on `-all` before they look at DKIM. Without DMARC, `~all` lets
forged mail through marked. Worth knowing, not a fault.

## How to fix
Leave it where DMARC is at quarantine or reject; else change to `-all` once every sender is listed.

## References
- RFC 7208 section 8.5
- RFC 7208 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, policy_of, spf_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import rewritten
from mailproof.records.spf.allowed import reach_of

RULE = declare(__name__, __doc__, Severity.INFO, profiles="sending")


def check(facts: DomainFacts, report: Reporter) -> None:
    """A note where ``all`` is a softfail."""
    node, record = policy_of(facts)
    term = record.all_term
    if term is None or term.qualifier != "~" or reach_of(spf_of(facts).root) == "nobody":
        return  # where nobody may send, that is what is wrong with it
    report(
        f"The SPF record of {node.domain} ends in ~all: mail of other hosts is marked, not refused.",
        location=at(node, term),
        fix=publish(
            facts,
            node,
            "With DMARC enforced it may stay; to have SPF alone refuse other hosts, publish this",
            rewritten(record, ((term, "-all"),)),
            "decision",
        ),
    )
