"""A key is shorter than 1024 bits

## What it checks
The length of each RSA key is read from its public key. The rule reports those under 1024 bits.

## Why it matters
RFC 8301 forbids receivers to count such signatures, since keys of 512 bits can be broken within hours.
Gmail shows `dkim=policy (weak key)`.

## How to fix
Make a new key of 2048 bits under a new selector, publish it, switch the signer over, and revoke the old one
some days later.

## References
- RFC 8301 section 3.2
- Google: Email sender guidelines
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.dkim._facts import keys, settle
from mailproof.model import DomainFacts, Finding, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each key that verifiers must refuse."""
    for key in keys(facts):
        for problem in key.problems("short-key"):
            yield report(
                RULE,
                facts.domain,
                f"The key at {key.facts.name} has {key.record.bits} bits; receivers refuse fewer than 1024.",
                location=key.at_problem(problem),
                evidence=(f"{key.record.bits} bits",),
                fix=Fix(
                    "Make a new 2048-bit key under a new selector and sign with it, "
                    f"then withdraw this one by emptying its p={key.whose}",
                    kind="improvement",
                ),
            )
    settle(facts)
