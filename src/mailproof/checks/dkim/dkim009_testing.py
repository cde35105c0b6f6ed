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

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.dkim._facts import keys, settle
from mailproof.model import DomainFacts, Finding, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged")


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each key with t=y."""
    for key in keys(facts):
        if not key.record.testing or key.record.revoked:
            continue
        tag = next(tag for tag in key.record.tags if tag.name == "t")
        left = ":".join(flag.strip() for flag in tag.value.split(":") if flag.strip() != "y")
        yield report(
            RULE,
            facts.domain,
            f"The key at {key.facts.name} says t=y: the domain is only testing DKIM.",
            location=key.at_tag("t"),
            evidence=(key.facts.lookup.describe(),),
            fix=key.replace(
                "Once signing works, take the test flag out", key.edited(t=left or None), "decision"
            ),
        )
    settle(facts)
