"""A key has the obsolete tag g=

## What it checks
The rule points out keys with the tag `g=` (granularity).

## Why it matters
It comes from DomainKeys and RFC 4871; RFC 6376 removed it and receivers ignore it. Whoever relies on it to
limit the key to some addresses is not protected.

## How to fix
Remove the tag.

## References
- RFC 6376 appendix C.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.dkim._facts import keys, settle
from mailproof.model import DomainFacts, Finding, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a remark for each key with g=."""
    for key in keys(facts):
        for problem in key.problems("obsolete-granularity"):
            yield report(
                RULE,
                facts.domain,
                f"The key at {key.facts.name} holds the obsolete tag g=, which receivers ignore.",
                location=key.at_problem(problem),
                evidence=(key.facts.lookup.describe(),),
                fix=key.replace("Remove g=", key.edited(g=None), "improvement"),
            )
    settle(facts)
