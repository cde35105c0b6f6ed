"""The MTA-STS policy is malformed

## What it checks
The grammar of the policy: lines of `key: value`; version STSv1, one mode (enforce, testing, none),
max_age in seconds, and at least one mx unless the mode is none.

## Why it matters
Senders ignore a policy that they cannot read: there is no MTA-STS. A web page served in its place shows
here too.

## How to fix
Serve the lines that the grammar wants, each once (mx as often as needed).

## References
- RFC 8461 section 3.2
"""

from typing import get_args

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import at_policy, lines_for, policy_of, policy_url, with_new_id
from mailproof.model import DomainFacts, Severity, StsMode, StsPolicy
from mailproof.records.nearest import nearest

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("mx",))


def _meant(policy: StsPolicy) -> str:
    """The mode that a misspelt one stands for; testing where none is written or it cannot be told."""
    written = next(
        (
            line.partition(":")[2]
            for line in policy.text.splitlines()[:50]
            if line.lower().startswith("mode:")
        ),
        "",
    )
    near = nearest(written.strip(" .,"), get_args(StsMode))
    return near[0] if len(near) == 1 else "testing"


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, policy = policy_of(facts)
    hosts = tuple(host.host for host in facts.mx if host.host != ".")
    mode = policy.mode or _meant(policy)
    names = tuple(
        lines_for(tuple(dict.fromkeys(each.text for each in policy.mx if not each.problem)) or hosts)
    )
    age = policy.max_age if policy.max_age else 604800
    wanted = "; ".join(("version: STSv1", f"mode: {mode}", *names[:10], f"max_age: {age}"))
    faults = [problem for problem in policy.problems if problem.fatal]
    if not faults:
        return
    more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
    report(
        f"Senders cannot use the policy of {facts.domain}: {faults[0].message}{more}.",
        location=at_policy(sts, faults[0].start, faults[0].end),
        evidence=tuple(problem.message for problem in faults[:10]),
        fix=with_new_id(sts, f"Serve these lines at {policy_url(sts)}: {wanted}."),
    )
