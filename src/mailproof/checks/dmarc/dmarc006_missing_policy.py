"""DMARC: no policy (p=)

## What it checks
The `p` tag of the record that applies. The rule fires where there is none.

## Why it matters
Without it, receivers act as if the policy were `p=none`, but only where `rua` has a valid report address.
Otherwise they apply no DMARC at all. Receivers that don't follow RFC 9989 yet may ignore the record either
way.

## How to fix
Add the policy right after the version.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; sp=reject"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=none; sp=reject"

## References
- RFC 9989 sections 4.7 (p) and 4.10.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, continued, faults, names_policy
from mailproof.model import Fix, Severity, TagProblem
from mailproof.records.dmarc import policy_warning
from mailproof.records.dmarc_text import rewritten


@declare(Severity.ERROR, each=faults, codes="missing-policy", because_of="DMARC005 DMARC021")
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    cause = found.cause(report, problem, names_policy)
    value = rewritten(found.record, changes=(("p", "none"),))
    fix = found.publish("Add p=none, which changes nothing about delivery.", value, "improvement")
    if force := policy_warning(value):  # the policy for subdomains
        fix = found.next_step(f"Add p=none.{force}", value)
    own = found.dmarc.walk.steps[0]
    if cause or (found.own and any(continued(own, text) for text in own.other_txt)):
        fix = Fix("Write p= and the policy that you want right after the version.")
    if found.meant.tag("p") is not None:
        fix = found.repair("Correct the tag that was meant to be p=.", problem, "")
    report(
        f"The record at {found.name} has no p= tag: "
        + ("receivers apply no DMARC at all." if problem.fatal else "receivers act as if it were p=none."),
        location=found.at(),
        fix=fix,
        severity=Severity.ERROR if problem.fatal else Severity.WARNING,
        because_of=cause,
    )
