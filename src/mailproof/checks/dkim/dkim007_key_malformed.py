"""DKIM: malformed public key

## What it checks
The `p=` of each key record. The rule fires where it is missing, is not base64, or is not a public key of the
type in `k=`: the key alone without its tags, cut off, all in lower case, changed on its way into the DNS
panel (`+` turned into a space, `-` and `_` for `+` and `/`), a private key, a certificate, or a key of
another kind.

It is a warning where `p=` holds the bare RSA key without the description of its type (PKCS#1): RFC 6376 names
that form in its text and the other in its examples, and many receivers can read only the latter.

## Why it matters
No receiver can verify a signature with it: `dkim=permerror`. Usually the key was cut at 255 characters when
it was pasted, or its second line was lost.

## How to fix
Publish the whole public key again. Compare its last characters with what your mail server or provider shows:
RSA keys usually end in `IDAQAB`. A private key that was published is known to everyone: make a new one.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIB...IDAQAB" ; as some page displayed it

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB" ; all 392 characters of it

## References
- RFC 6376 section 3.6.1
- RFC 6376 appendix C
- RFC 8463 section 4
- RFC 8017 appendix A.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faulty_keys
from mailproof.model import Fix, Severity, TagProblem
from mailproof.records.dkim_key import READ_BY_SOME
from mailproof.records.dkim_repair import repaired_key

CODES = (
    *("malformed-base64", "not-a-key", "wrong-key-type", "no-public-key", "bare-key"),
    *("private-key", "pkcs1-key", "small-order", "trailing-octets"),
)


@declare(Severity.ERROR, each=faulty_keys, because_of="DKIM014 DKIM015 DKIM023")
def check(key: PublishedKey, report: Reporter) -> None:
    # Only the most serious: the others have the same cause.
    found = sorted(
        key.problems(*CODES),
        key=lambda each: (each.code not in ("private-key", "small-order"), not each.fatal),
    )
    for problem in found[:1]:
        cannot = "can't be used" if problem.fatal else "can't be read by all receivers"
        report(
            f"The key at {key.facts.name} {cannot}: {problem.message}.",
            location=key.at(problem),
            evidence=(key.facts.lookup.describe(),),
            fix=_fix(key, problem),
            severity=None if problem.fatal else Severity.WARNING,
        )


def _fix(key: PublishedKey, problem: TagProblem) -> Fix:
    if problem.code == "private-key":
        return Fix(
            "Remove the record at once, make a new key under a new selector, and publish its public half; "
            f"never use this key again{key.owner_note}"
        )
    if problem.code == "small-order":
        return Fix(
            "Remove the record at once: anyone can sign with it. Make a new key under a new selector, and "
            f"publish its public half{key.owner_note}"
        )
    if problem.code in READ_BY_SOME:
        meant = repaired_key(key.record.text)
        return key.replace(
            "Publish the same key in the form that all receivers can read", meant, "improvement"
        )
    unclear = f"Publish the whole public key of the selector {key.facts.selector} again"
    return key.repair("Publish the corrected record", unclear)
