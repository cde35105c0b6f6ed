"""A record between the domain and its organizational domain is not used

## What it checks
Whether the walk passed a DMARC record on its way from the domain to the record that applies.

## Why it matters
Of the names above the domain, only the organizational domain's record applies: the one with the fewest
labels. A record half-way is for mail from its own name only, though it looks as if it covered the names
below.

## How to fix
If the part of the tree is to have its own policy, add `psd=n` to that record; else publish one at the
domain itself.

## References
- RFC 9989 sections 4.10.1 and 4.10.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if found.own:
        return
    for step in found.dmarc.walk.steps[1:]:
        if step.record is None or step.name == found.dmarc.policy_domain or not _below(step.name, found):
            continue
        report(
            f"The record at {step.lookup.name} does not cover {facts.domain}: the one at {found.name} does.",
            location=Location(step.lookup.name, "TXT", step.record.text),
            evidence=(found.dmarc.reason,),
            fix=Fix(
                f"Where {step.name} is to have its own policy for the names below, say so with psd=n.",
                kind="decision",
            ),
        )


def _below(name: str, found: Applied) -> bool:
    return name.endswith(f".{found.dmarc.policy_domain}")
