"""Certificate: weak key

## What it checks
The key of each mail host's certificate. The rule fires on RSA of less than 2048 bits, an elliptic curve of
less than 224 bits, and DSA.

## Why it matters
Such keys are within reach of an attacker with money. Today's TLS libraries refuse them by default.

## How to fix
Make a new key (RSA 2048 or P-256) and have a new certificate issued.

## Example
Before:

    Public-Key: (1024 bit), rsaEncryption

After:

    Public-Key: (2048 bit), rsaEncryption

## References
- RFC 9325 section 4.5
- NIST SP 800-131A
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import certificates, describe, location
from mailproof.model import CertificateFacts, MxConnectionFacts, Severity, TlsFacts


@declare(Severity.WARNING, each=certificates, consequence="tidy")
def check(each: MxConnectionFacts, _: TlsFacts, leaf: CertificateFacts, report: Reporter) -> None:
    if weak(leaf.key):
        report(
            f"The certificate of {each.place} has a weak key: {leaf.key}.",
            location=location(each),
            evidence=describe(leaf),
            fix="Make a new key, RSA with 2048 bits or EC P-256, and have a new certificate issued.",
        )


def weak(key: str) -> bool:
    """Whether a key, described like ``RSA 1024`` or ``EC secp192r1``, is weak."""
    kind, _, detail = key.partition(" ")
    # secp256r1, brainpoolP256r1, sect233k1: the bits are the digits before the last letter.
    digits = "".join(char if char.isdigit() else " " for char in detail).split()
    if kind == "RSA":
        return bool(digits) and int(digits[0]) < 2048
    if kind == "EC":
        return bool(digits) and int(digits[0]) < 224
    return kind == "DSA"
