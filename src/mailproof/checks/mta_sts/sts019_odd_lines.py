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
from mailproof.checks.mta_sts._facts import at_policy, policy_of, with_new_id
from mailproof.model import MtaStsFacts, Severity, StsPolicy

_CODES = ("bom", "blank-line", "bare-cr", "duplicate", "first-line", "unknown-key", "too-many-mx")


@declare(Severity.WARNING, policy_of)
def check(found: tuple[MtaStsFacts, StsPolicy], report: Reporter) -> None:
    sts, policy = found
    seen: set[str] = set()
    for problem in policy.problems:
        if problem.code not in _CODES or problem.code in seen:
            continue
        seen.add(problem.code)
        report(
            f"In the policy of {report.subject}, {problem.message}.",
            location=at_policy(sts, problem.start, problem.end),
            fix=with_new_id(sts, "Correct the line in the policy."),
            severity=Severity.INFO if problem.code == "unknown-key" else None,
        )
