"""A key is shorter than 2048 bits

## What it checks
The rule reports RSA keys of 1024 to 2047 bits.

## Why it matters
Receivers still accept them, but RFC 8301 says that signers should use at least 2048 bits, and security
audits mark 1024 down.

## How to fix
Make a new key of 2048 bits under a new selector. Keep the old record until no mail signed with it is under
way. A 2048-bit key is longer than one string of 255 characters: most panels split it by themselves.

## References
- RFC 8301 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import keys
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged")


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each key that is accepted, but weak."""
    for key in keys(facts, report):
        for problem in key.problems("weak-key"):
            report(
                f"The key at {key.facts.name} has {key.record.bits} bits; 2048 are advised.",
                location=key.at_problem(problem),
                evidence=(f"{key.record.bits} bits",),
                fix=Fix(
                    f"Make a new 2048-bit key under a new selector and sign with it{key.whose}",
                    kind="improvement",
                ),
            )
