"""DKIM: several keys at one selector

## What it checks
The TXT records at each selector. The rule fires where more than one is a DKIM key. (Parts of one key are
DKIM027's.)

## Why it matters
RFC 6376 allows one, and leaves open what happens with more. Some receivers reject them all, others take
whichever comes first: the signature passes one time and fails the next.

## How to fix
Keep the record of the key that signs, and remove the others. Two keys need two selectors.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"
    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEB…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.2.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import in_parts, owner_note, selectors
from mailproof.checks.ownership import is_owned
from mailproof.model import DkimSelectorFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key
from mailproof.records.dkim_repair import is_key_part, repaired_key


@declare(Severity.ERROR, each=selectors, because_of="DKIM027")
def check(each: DkimSelectorFacts, report: Reporter) -> None:
    found = [text for text in each.records if looks_like_dkim_key(text)]
    if len(found) < 2 or in_parts(each) is not None:
        return
    report(
        f"There are {len(found)} DKIM keys at {each.name}; only one is allowed.",
        location=Location(each.owner, "TXT", found[1]),
        evidence=tuple(found),
        fix=_fix(each, found),
    )


def _fix(facts: DkimSelectorFacts, found: list[str]) -> Fix:
    """Records that repeat the key or have none can be removed. Which of two keys is in use is unknown."""
    usable = [text for text in found if parse_dkim_key(text).valid]
    others = [text for text in found if not usable or text != usable[0]]
    if (
        usable
        and is_owned(facts.domain, facts.owner)
        and all(_adds_nothing(text, usable[0]) for text in others)
    ):
        removed = tuple(FixRecord(facts.owner, "TXT", text, action="remove") for text in others)
        return Fix("Remove the other records: they repeat the key, or contain none", removed)
    return Fix(
        f"Keep the record at {facts.owner} whose key your mail server signs with, "
        f"and remove the others{owner_note(facts)}"
    )


def _adds_nothing(text: str, kept: str) -> bool:
    """Whether a record repeats the kept one, or has no part of a key. A revocation adds something."""
    if meant := repaired_key(text):
        return meant == repaired_key(kept)
    return not is_key_part(parse_dkim_key(text).public_key)
