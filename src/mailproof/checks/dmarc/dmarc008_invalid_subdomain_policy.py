"""DMARC: invalid subdomain policy (sp= or np=)

## What it checks
The values of `sp` and `np`, where the record has them. The rule fires where one is not none, quarantine or
reject.

## Why it matters
One invalid value disables the whole record. Receivers act as if it were `p=none` for all mail, the domain's
own included; where `rua` has no valid address they apply no DMARC at all.

## How to fix
Write none, quarantine or reject, or remove the tag: `p` then applies to subdomains too.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; sp=off; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.10.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults
from mailproof.model import Severity, TagProblem

_TAGS = {"invalid-subdomain-policy": "sp", "invalid-nonexistent-policy": "np"}


@declare(Severity.ERROR, each=faults, codes=" ".join(_TAGS), because_of="DMARC004 DMARC005")
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    name = _TAGS[problem.code]
    if not found.has_own_fault(name):
        return
    report(
        f"The record at {found.name} has an invalid policy: {problem.message}, for the domain itself too.",
        location=found.at(problem),
        fix=found.write(
            name,
            problem,
            f"Write the policy you want ({name}=none, quarantine or reject), or remove {name}=: "
            "p= then applies there too.",
        ),
        severity=Severity.ERROR if problem.fatal else Severity.WARNING,
    )
