"""DKIM: signature's key can't be used

## What it checks
The key record of each signature. The rule fires where the key is revoked, malformed or shorter than 1024
bits, of another type than the signature, or does not allow e-mail, the hash or the identity in use.

## Why it matters
Receivers ignore a signature whose key they can't use. Gmail answers 4.7.30 or 5.7.30.

## How to fix
Publish the key again without line breaks, quotes or missing characters. Where it is short or revoked, make
a new key pair of 2048 bits.

## Example
Before (revoked):

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p="

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEF…"

## References
- RFC 6376 section 3.6.1
- RFC 8301 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failure_severity, key_place, the_signature, with_code
from mailproof.model import DkimVerdict, MessageFacts, Severity

CODES = (
    *("key-revoked", "key-syntax", "key-malformed", "unknown-key-type", "key-not-for-email"),
    *("key-hash-not-allowed", "short-key", "key-mismatch", "key-strict-identity"),
)


@declare(
    Severity.ERROR,
    each=with_code(*CODES),
    because_of=(
        "DKIM027 DKIM028 DKIM004 DKIM005 DKIM007 DKIM008 DKIM010 DKIM012 DKIM013 DKIM014 DKIM015 "
        "DKIM016 DKIM023"
    ),
)
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    again = verdict.code in ("key-revoked", "short-key")
    todo = (
        "Make a new key pair of 2048 bits and publish it"
        if again
        else "Publish the key of the signing server"
    )
    report(
        f"{the_signature(verdict)} counts for nothing: {verdict.reason}.",
        location=key_place(verdict),
        fix=f"{todo} at {verdict.key_name}",
        severity=failure_severity(facts, verdict),
    )
