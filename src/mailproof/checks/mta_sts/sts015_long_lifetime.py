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

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import at_policy, policy_of, with_new_id
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, policy = policy_of(facts)
    for problem in policy.problems:
        if problem.code == "long-max-age":
            report(
                f"The policy of {facts.domain} may be refused: {problem.message}.",
                location=at_policy(sts, problem.start, problem.end),
                fix=with_new_id(sts, "Write 'max_age: 31557600' in the policy."),
            )
