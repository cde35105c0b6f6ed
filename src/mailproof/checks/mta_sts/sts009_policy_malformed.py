"""MTA-STS: syntax error in the policy

## What it checks
The syntax of the policy: lines of `key: value`, with version STSv1, one mode (enforce, testing or none),
max_age in seconds, and at least one mx unless the mode is none.

## Why it matters
Sending servers ignore a policy that they can't read, and there is no MTA-STS. A web page in place of the
policy shows up here too.

## How to fix
Serve each of these lines once, and mx as often as needed.

## Example
Before:

    version: STSv1
    mode: enforced
    mx: mx1.acme.example

After:

    version: STSv1
    mode: enforce
    mx: mx1.acme.example
    max_age: 2592000

## References
- RFC 8461 section 3.2
"""

from typing import get_args

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import GOOD_AGE, Served, lines_of, policy_of
from mailproof.model import DomainFacts, Severity, StsMode, StsPolicy
from mailproof.printable import counted
from mailproof.records.nearest import nearest


def _intended_mode(policy: StsPolicy) -> str:
    """The mode that a misspelt one was intended as; testing if there is none or it is unclear."""
    modes = (line for line in policy.text.splitlines()[:50] if line.lower().startswith("mode:"))
    written = next(modes, "").partition(":")[2]
    near = nearest(written.strip(" .,"), get_args(StsMode))
    return near[0] if len(near) == 1 else "testing"


@declare(Severity.WARNING, policy_of, needs="mx")
def check(facts: DomainFacts, found: Served, report: Reporter) -> None:
    policy = found.policy
    faults = [problem for problem in policy.problems if problem.fatal]
    if not faults:
        return
    named = dict.fromkeys(each.text for each in policy.mx if not each.problem)
    hosts = named or [host.host for host in facts.mx if host.host != "."]
    wanted = lines_of(policy.mode or _intended_mode(policy), hosts, policy.max_age or GOOD_AGE)
    more = f" (and {counted(len(faults) - 1, 'more fault')})" if len(faults) > 1 else ""
    report(
        f"Senders can't use the policy of {facts.domain}: {faults[0].message}{more}.",
        location=found.at(faults[0]),
        evidence=tuple(problem.message for problem in faults[:10]),
        fix=found.changed(f"Serve a policy with these lines at {found.fetch.url}: {wanted}."),
    )
