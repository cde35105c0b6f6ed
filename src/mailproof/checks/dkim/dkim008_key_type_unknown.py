"""A key is of an unknown type

## What it checks
The rule reports records whose `k=` is neither `rsa` nor `ed25519`, in small letters.

## Why it matters
Receivers ignore keys of a type that they do not know: the signature fails with `dkim=permerror`. The value
is that of the key alone (`ed25519`), not of the signing algorithm (`ed25519-sha256`).

## How to fix
Set `k=` to the type of the key, or leave it out for RSA.

## References
- RFC 6376 section 3.6.1
- RFC 8463 section 4
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.dkim._facts import keys, settle
from mailproof.model import DomainFacts, Finding, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each unknown key type."""
    for key in keys(facts):
        for problem in key.problems("unknown-key-type"):
            yield report(
                RULE,
                facts.domain,
                f"The key at {key.facts.name} says k={key.record.key_type[:40]}, which is no known type.",
                location=key.at_problem(problem),
                evidence=(key.facts.lookup.describe(),),
                fix=key.repair(
                    "Say in k= what the key is",
                    f"Publish an RSA or ed25519 key for the selector {key.facts.selector}",
                ),
            )
    settle(facts)
