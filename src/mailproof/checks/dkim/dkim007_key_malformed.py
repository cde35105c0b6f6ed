"""A key cannot be read

## What it checks
The rule reports records whose `p=` is missing, is not base64, or is no public key of the type that `k=`
says: the key alone without its tags, cut off, with all letters made small, changed on its way into the DNS
panel (`+` turned into a blank, `-` and `_` for `+` and `/`), a private key, a certificate, or a key of
another kind. It is a warning where `p=` holds the RSA key without the description of its type around it
(PKCS#1): RFC 6376 names that form in its text and the other one in its examples, and many receivers can
read only the latter.

## Why it matters
No receiver can verify a signature with it: `dkim=permerror`. Usually the key was cut at 255 characters when
it was pasted, or a second line of it was lost.

## How to fix
Publish the public key again, whole. Compare its last characters with what your mail server or provider
shows: RSA keys mostly end in `IDAQAB`. A private key that was published is everybody's: make a new one.

## References
- RFC 6376 section 3.6.1
- RFC 6376 appendix C
- RFC 8463 section 4
- RFC 8017 appendix A.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, keys
from mailproof.model import DomainFacts, Fix, Severity, TagProblem
from mailproof.records.dkim_repair import repaired_key

RULE = declare(__name__, __doc__, Severity.ERROR)


CODES = (
    "malformed-base64",
    "not-a-key",
    "wrong-key-type",
    "no-public-key",
    "bare-key",
    "private-key",
    "pkcs1-key",
)


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        # The gravest alone: what is found besides is the same fault.
        for problem in sorted(key.problems(*CODES), key=_gravity)[:1]:
            cannot = "cannot be used" if problem.fatal else "cannot be read everywhere"
            report(
                f"The key at {key.facts.name} {cannot}: {problem.message}.",
                location=key.at_problem(problem),
                evidence=(key.facts.lookup.describe(),),
                fix=_fix(key, problem),
                severity=None if problem.fatal else Severity.WARNING,
            )


def _gravity(problem: TagProblem) -> tuple[bool, bool]:
    return problem.code != "private-key", not problem.fatal


def _fix(key: PublishedKey, problem: TagProblem) -> Fix:
    if problem.code == "private-key":
        return Fix(
            "Take the record away at once, make a new key under a new selector, and publish its public half; "
            f"never use this one again{key.whose}"
        )
    if problem.code == "pkcs1-key":
        meant = repaired_key(key.record.text)
        return key.replace("Publish the same key in the form that all can read", meant, "improvement")
    return key.repair(
        "Publish the record as it was meant",
        f"Publish the public key of the selector {key.facts.selector} again, whole",
    )
