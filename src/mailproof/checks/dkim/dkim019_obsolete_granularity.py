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

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import keys
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        for problem in key.problems("obsolete-granularity"):
            report(
                f"The key at {key.facts.name} holds the obsolete tag g=, which receivers ignore.",
                location=key.at_problem(problem),
                evidence=(key.facts.lookup.describe(),),
                fix=key.replace("Remove g=", key.edited(g=None), "improvement"),
            )
