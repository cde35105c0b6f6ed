"""The policy sp or np is not a policy

## What it checks
Whether the values of `sp` and `np`, where they are written, are none, quarantine or reject.

## Why it matters
One bad value spoils the whole record: receivers act as if it were `p=none` for all mail, even mail that
`p` covers, and apply no DMARC at all where `rua` names no valid address.

## How to fix
Write one of the three words. Where the tag is left out, `p` applies to the subdomains as well.

## References
- RFC 9989 section 4.10.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import swallowed

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("DMARC004", "DMARC005"))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    names = {"invalid-subdomain-policy": "sp", "invalid-nonexistent-policy": "np"}
    for problem in found.problems(*names):
        name = names[problem.code]
        tag = found.record.tag(name)
        if tag is None or swallowed(found.record, tag) or any(char in tag.value for char in "\\\"'"):
            continue
        report(
            f"At {found.name}, {problem.message}, also for what p= covers.",
            location=found.at(problem.start, problem.end),
            fix=found.write(
                name,
                problem,
                f"Write the policy that is meant ({name}=none, quarantine or reject), or leave {name}= out: "
                "then p= applies there too.",
            ),
            severity=Severity.ERROR if problem.fatal else Severity.WARNING,
        )
