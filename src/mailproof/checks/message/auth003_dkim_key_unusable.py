"""DKIM key cannot be used

## What it checks
The key of each signature is neither revoked nor malformed, long enough (1024 bits), of the type that
signed, and allows e-mail, the hash and the identity in use.

## Why it matters
Receivers ignore a signature whose key they cannot use; Gmail answers 4.7.30 or 5.7.30.

## How to fix
Publish the key anew without line breaks, quotes or missing characters; make a new key pair of 2048 bits
where it is short or revoked.

## References
- RFC 6376 section 3.6.1
- RFC 8301 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import (
    failure_severity,
    key_name,
    key_place,
    the_signature,
    with_code,
)
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=(
        "DKIM027",
        "DKIM028",
        "DKIM004",
        "DKIM005",
        "DKIM007",
        "DKIM008",
        "DKIM010",
        "DKIM012",
        "DKIM013",
        "DKIM014",
        "DKIM015",
        "DKIM016",
        "DKIM023",
    ),
)

CODES = (
    "key-revoked",
    "key-syntax",
    "key-malformed",
    "unknown-key-type",
    "key-not-for-email",
    "key-hash-not-allowed",
    "short-key",
    "key-mismatch",
    "key-strict-identity",
)


def check(facts: MessageFacts, report: Reporter) -> None:
    for verdict in with_code(facts, report, *CODES):
        again = verdict.code in ("key-revoked", "short-key")
        todo = (
            "make a new key pair of 2048 bits and publish it"
            if again
            else "publish the key of the signing server"
        )
        report(
            f"{the_signature(verdict)} does not count: {verdict.reason}.",
            location=key_place(verdict),
            fix=Fix(f"{todo} at {key_name(verdict)}"),
            severity=failure_severity(facts, verdict),
        )
