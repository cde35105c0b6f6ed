"""Names that do not exist have a weaker policy

## What it checks
Whether `np` asks for less than the policy that existing subdomains have (`sp`, else `p`).

## Why it matters
No real mail comes from a name that does not exist, so nothing speaks against the strictest policy there;
a weaker one invites forgers to invent names.

## How to fix
Set `np=reject`, or leave `np` out.

## References
- RFC 9989 section 4.7 (np)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc import strictness
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    record = found.record
    others = record.sp or record.p
    if record.np is None or others is None or strictness(record.np) >= strictness(others):
        return
    if found.own and found.dmarc.walk.organizational_domain != facts.domain:
        return
    report(
        f"The record at {found.name} asks for {others} for subdomains, but for names that do not exist only "
        f"for {record.np}.",
        location=found.at_tag("np"),
        fix=found.next_step("Ask for reject there.", rewritten(record, put=(("np", "reject"),))),
    )
