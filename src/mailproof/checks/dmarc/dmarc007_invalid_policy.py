"""DMARC: invalid policy (p=)

## What it checks
The value of `p`. The rule fires where it is not none, quarantine or reject.

## Why it matters
With any other value, receivers act as if the policy were `p=none`, but only where `rua` has a valid report
address. Otherwise they apply no DMARC at all.

## How to fix
Write `p=none`, `p=quarantine` or `p=reject`.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=rejected; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 (p) and 4.10.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults, names_policy
from mailproof.model import Severity, TagProblem


@declare(Severity.ERROR, each=faults, codes="invalid-policy", because_of="DMARC004 DMARC005")
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    if not found.has_own_fault("p"):
        return
    report(
        f"The record at {found.name} has an invalid policy: {problem.message}.",
        location=found.at(problem),
        fix=found.write("p", problem, "Write the policy you want: p=none, p=quarantine or p=reject."),
        severity=Severity.ERROR if problem.fatal else Severity.WARNING,
        because_of=found.cause(report, problem, names_policy),
    )
