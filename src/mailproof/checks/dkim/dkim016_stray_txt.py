"""DKIM: TXT record at a selector is not a key

## What it checks
The TXT records at each selector. The rule fires on those that were not meant as DKIM keys: SPF or DMARC
records, verification tokens, notes. It is an error where there is no key beside them. Parts of a key
(DKIM027) and CNAME targets (DKIM028) have rules of their own.

## Why it matters
Some verifiers take the first TXT record in the answer, whatever it is, so signatures pass and fail at random.

## How to fix
Move the record to the name where it belongs, or remove it. Do not remove what looks like a piece of a key
before the whole key is published.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"
    s1._domainkey.acme.example. TXT "v=spf1 include:esp.example -all"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.2.2
"""

from mailproof.checks.base import Reporter, decision, declare, improvement
from mailproof.checks.dkim._facts import in_parts, is_of_wildcard, owner_note, selectors
from mailproof.checks.ownership import is_owned
from mailproof.model import DkimSelectorFacts, DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dkim_key import looks_like_dkim_key
from mailproof.records.dkim_material import read_material
from mailproof.records.dkim_repair import alias_in_txt, is_key_part


@declare(Severity.WARNING, each=selectors, because_of="DKIM027 DKIM028", consequence="tidy", needs="spf")
def check(facts: DomainFacts, each: DkimSelectorFacts, report: Reporter) -> None:
    joined = in_parts(each)
    parts = joined.parts if joined is not None else ()
    strays = [text for text in each.records if not looks_like_dkim_key(text) and text not in parts]
    if not strays or alias_in_txt(each) or is_of_wildcard(facts, each):
        return  # DKIM017 covers a wildcard's records
    alone = len(strays) == len(each.records)
    place = "in place of a key" if alone else "beside the key"
    for text in strays:
        what = "is only a piece of a key" if is_key_part(text) else "is not a DKIM key"
        if read_material(text).kind == "ed25519":
            what = "is a piece of a key, or an ed25519 key without its tags"
        report(
            f"{each.name} has a TXT record that {what}, {place}: {text[:60]!r}.",
            location=Location(each.owner, "TXT", text),
            evidence=each.records,
            fix=_fix(facts, each, text),
            severity=Severity.ERROR if alone else None,
        )


def _fix(facts: DomainFacts, selector: DkimSelectorFacts, text: str) -> Fix:
    """A copy of the SPF record has no effect here. Only the owner knows what other records are for."""
    if is_key_part(text):
        return Fix(
            f"Publish the whole public key of the selector {selector.selector} in one TXT record; "
            f"only then remove this one{owner_note(selector)}"
        )
    if selector.target and "_domainkey" not in selector.owner:
        return Fix(
            f"Point the CNAME at {selector.name} to the key, or remove it: leave {selector.owner} as it is"
        )
    summary = "Find out what the record is for, and move it to the name where it belongs"
    if not is_owned(facts.domain, selector.owner):
        return decision(summary + owner_note(selector))
    removed = (FixRecord(selector.owner, "TXT", text, action="remove"),)
    if facts.spf is not None and text in facts.spf.root.records:
        return improvement("Remove this copy of the SPF record", *removed)
    return decision(f"{summary}, or remove it", *removed)
