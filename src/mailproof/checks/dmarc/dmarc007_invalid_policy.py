"""The policy p is not a policy

## What it checks
Whether the value of `p` is none, quarantine or reject.

## Why it matters
With any other value receivers act as if it were `p=none`, but only where `rua` names a valid report
address; else they apply no DMARC at all.

## How to fix
Write one of the three words.

## References
- RFC 9989 sections 4.7 (p) and 4.10.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import swallowed

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("DMARC004", "DMARC005"))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for problem in found.problems("invalid-policy"):
        tag = found.record.tag("p")
        if tag is None or swallowed(found.record, tag) or any(char in tag.value for char in "\\\"'"):
            continue
        report(
            f"At {found.name}, {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.write(
                "p", problem, "Write the policy that is meant: p=none, p=quarantine or p=reject."
            ),
            severity=Severity.ERROR if problem.fatal else Severity.WARNING,
        )
