"""A key cannot be read

## What it checks
The rule reports records whose `p=` is missing, is not base64, or is no public key of the type that `k=`
says: cut off, padded with other characters, or a key of another kind.

## Why it matters
No receiver can verify a signature with it: `dkim=permerror`. Usually the key was cut at 255 characters when
it was pasted, or a second line of it was lost.

## How to fix
Publish the public key again, whole. Compare its last characters with what your mail server or provider
shows: RSA keys mostly end in `IDAQAB`.

## References
- RFC 6376 section 3.6.1
- RFC 8463 section 4
- RFC 8017 appendix A.1.1
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dkim._facts import PublishedKey, keys, settle
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity
from mailproof.records.dkim_key import public_key_octets

#: The DER around an ed25519 key (RFC 8410 section 4) and the length of both together.
_ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")
_WRAPPED = 44

RULE = Rule(
    "DKIM007",
    "A key cannot be read",
    Severity.ERROR,
    "dkim",
    (
        "RFC 6376 section 3.6.1",
        "RFC 8463 section 4",
        "RFC 8017 appendix A.1.1",
    ),
)


CODES = ("malformed-base64", "not-a-key", "wrong-key-type", "no-public-key")


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each key that cannot be read."""
    for key in keys(facts):
        for problem in key.problems(*CODES):
            yield report(
                RULE,
                facts.domain,
                f"The key at {key.facts.name} cannot be used: {problem.message}.",
                location=key.at_problem(problem),
                evidence=(key.facts.lookup.describe(),),
                fix=_fix(key, problem.message),
            )
    settle(facts)


def _fix(key: PublishedKey, message: str) -> Fix:
    if message.endswith("k=ed25519 is missing"):
        return key.replace("Say that it is an ed25519 key", key.edited(k="ed25519"))
    raw = public_key_octets(key.record)
    if key.record.key_type == "ed25519" and len(raw) == _WRAPPED and raw.startswith(_ED25519_PREFIX):
        bare = base64.b64encode(raw[len(_ED25519_PREFIX) :]).decode()
        return key.replace("Publish the bare ed25519 key", key.edited(p=bare))
    return Fix(f"Publish the public key of the selector {key.facts.selector} again, whole{key.whose}")
