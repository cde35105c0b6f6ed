"""MTA-STS: policy lines that some senders don't accept

## What it checks
What most sending servers tolerate in a policy and some don't: a byte order mark, empty lines, lines that
end in CR alone, a key given twice, version not in the first line, unknown keys.

## Why it matters
A strict sending server treats the policy as malformed. Of a key given twice, only the first counts.

## How to fix
Save the file as plain text, with the version first and each key once.

## Example
Before:

    version: STSv1
    mode: enforce
    mx: mx1.acme.example
    max_age: 2592000

    mode: testing

After:

    version: STSv1
    mode: enforce
    mx: mx1.acme.example
    max_age: 2592000

## References
- RFC 8461 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, policy_of
from mailproof.model import Severity

_CODES = ("bom", "blank-line", "bare-cr", "duplicate", "first-line", "unknown-key", "too-many-mx")


@declare(Severity.WARNING, policy_of)
def check(found: Served, report: Reporter) -> None:
    seen: set[str] = set()
    for problem in found.policy.problems:
        if problem.code not in _CODES or problem.code in seen:
            continue
        seen.add(problem.code)
        report(
            f"In the policy of {report.subject}, {problem.message}.",
            location=found.at(problem),
            fix=found.changed("Correct the line in the policy."),
            severity=Severity.INFO if problem.code == "unknown-key" else None,
        )
