"""An mx of the MTA-STS policy can match no host

## What it checks
The mx patterns of the policy: each must be a host name, with `*.` allowed for its first label.

## Why it matters
A pattern with an IP address, a scheme, a trailing dot or a * elsewhere matches nothing; some senders take
the whole policy for malformed.

## How to fix
Write the name of the MX host as it is in the MX record.

## References
- RFC 8461 sections 3.2 and 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import at_policy, policy_of, with_new_id
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, policy = policy_of(facts)
    for pattern in policy.mx[:20]:
        if pattern.problem:
            report(
                f"The policy's line mx: {pattern.text[:80]} matches no host: {pattern.problem}.",
                location=at_policy(sts, pattern.start, pattern.end),
                fix=with_new_id(sts, "Name the MX host as in the MX record, or remove the line."),
            )
