"""A key is marked as a test

## What it checks
The rule reports key records with the flag `t=y`.

## Why it matters
The flag says that the domain is only trying DKIM. Receivers must then treat a message whose signature fails
like an unsigned one, and some ignore the signature altogether. It is often forgotten after the set-up.

## How to fix
Take `y` out of `t=` once signing works.

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import keys
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged")


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        if not key.record.testing or key.record.revoked:
            continue
        tag = next(tag for tag in key.record.tags if tag.name == "t")
        left = ":".join(flag.strip() for flag in tag.value.split(":") if flag.strip() != "y")
        report(
            f"The key at {key.facts.name} says t=y: the domain is only testing DKIM.",
            location=key.at_tag("t"),
            evidence=(key.facts.lookup.describe(),),
            fix=key.replace(
                "Once signing works, take the test flag out", key.edited(t=left or None), "decision"
            ),
        )
