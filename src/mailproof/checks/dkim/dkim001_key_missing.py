"""DKIM: no key for a selector in use

## What it checks
`<selector>._domainkey.<domain>` for each selector that was given or that a message was signed with. The rule
fires where the DNS says that there is no TXT record, or where the only answer comes from a wildcard and is
not a key. A lookup that failed never counts as a missing key.

## Why it matters
A receiver that finds no key gives `dkim=permerror (no key for signature)`: the signature counts for nothing,
and DMARC depends on SPF alone, which forwarding breaks.

## How to fix
Publish the key that your mail server or provider shows for this selector, at exactly this name. Many DNS
panels add the domain themselves: a record entered as `s1._domainkey.acme.example` may have become
`s1._domainkey.acme.example.acme.example`.

## Example
Before:

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; …
    s1._domainkey.acme.example. TXT ; NXDOMAIN

After:

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; …
    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 6.1.2
- RFC 6376 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import NAMED, is_of_wildcard, selectors
from mailproof.model import DkimSelectorFacts, DomainFacts, Location, Severity


@declare(Severity.ERROR, each=selectors, because_of="DKIM025")
def check(facts: DomainFacts, each: DkimSelectorFacts, report: Reporter) -> None:
    stray = each.record is None and is_of_wildcard(facts, each)
    missing = each.status == "absent" and not each.target
    if each.origin not in NAMED or not (missing or (stray and each.records)):
        return
    why = "a message was signed with it" if each.origin == "message" else "it was given as in use"
    report(
        f"There is no DKIM key at {each.name}, although {why}"
        f"{': the only answer comes from a wildcard' if each.records else ''}.",
        location=Location(each.name, "TXT"),
        evidence=(each.lookup.describe(), *((each.reason,) if each.reason and not missing else ())),
        fix=f"Publish the public key of the selector {each.selector} as a TXT record at {each.name}, "
        "or sign with a selector that has a key",
    )
