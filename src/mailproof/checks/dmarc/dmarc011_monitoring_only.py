"""The policy asks for nothing (p=none)

## What it checks
Whether the policy that applies to the domain is `none`, after `sp` and `np` have been considered.

## Why it matters
It is the right start: reports come, mail is untouched. Staying there protects nobody: mail that forges
the domain is delivered as before.

## How to fix
When the reports show that all of your mail passes, raise the policy to `quarantine`, watch again, then
to `reject`.

## References
- RFC 9989 sections 4.7 (p), 5.1.5 and 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.WARNING, profiles="in use")


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where none was written, and not only assumed for a broken record."""
    found = applied(facts)
    source = found.dmarc.source
    if found.dmarc.policy != "none" or source is None or found.record.tag(source) is None:
        return
    if any(p.code.endswith("-policy") for p in found.record.problems):
        return
    report(
        f"The record at {found.name} only monitors: {source}=none asks receivers to do nothing about mail "
        f"that forges {facts.domain}.",
        location=found.at_tag(source),
        fix=found.next_step(
            "Once the reports show that all of your mail passes, ask for quarantine.",
            rewritten(found.record, put=((source, "quarantine"),)),
        ),
    )
