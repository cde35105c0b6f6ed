"""The MTA-STS policy's lifetime is more than a year

## What it checks
Whether max_age is over 31557600 seconds, the longest that RFC 8461 allows.

## Why it matters
Some senders refuse such a policy as malformed; others cut it to a year.

## How to fix
Write at most 31557600.

## References
- RFC 8461 section 3.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.mta_sts._facts import at_policy, policy_of, with_new_id
from mailproof.model import DomainFacts, Finding, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where max_age is over the limit."""
    sts, policy = policy_of(facts)
    for problem in policy.problems:
        if problem.code == "long-max-age":
            yield report(
                RULE,
                facts.domain,
                f"The policy of {facts.domain} may be refused: {problem.message}.",
                location=at_policy(sts, problem.start, problem.end),
                fix=with_new_id(sts, "Write 'max_age: 31557600' in the policy."),
            )
