"""DKIM: wildcard answers for every selector

## What it checks
The answer for a made-up selector. The rule fires where there is one, because a wildcard record covers
`_domainkey`, and not where that record revokes all other selectors (`v=DKIM1; p=`). Where the answer is
neither a key nor an alias, this is information: receivers find no key then either.

## Why it matters
Every selector then seems to exist. If the wildcard holds a key, whoever has its private key can sign under
any selector, and selectors can't be revoked one by one. If it holds anything else, receivers find a broken
key where there is none, and a missing key looks the same as a wrong one.

## How to fix
Remove the wildcard, or publish a record at `_domainkey` itself, which stops a wildcard above it from covering
it.

## Example
Before:

    *._domainkey.acme.example. TXT "v=spf1 -all"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 4592
- RFC 6376 section 3.6.2
"""

from mailproof.checks.base import Reporter, answered, declare
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DkimDiscovery, DomainFacts, Fix, FixKind, FixRecord, Location, Severity
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key


@declare(Severity.WARNING, discovery, consequence="tidy")
def check(facts: DomainFacts, search: DkimDiscovery, report: Reporter) -> None:
    answered(search.control)
    if not search.wildcard or search.control is None:
        return
    if search.wildcard_records and all(parse_dkim_key(text).revoked for text in search.wildcard_records):
        return  # deliberate: no key verifies signatures of other selectors
    target = search.control.chain[-1] if search.control.chain else ""
    shown = search.wildcard_records[0] if search.wildcard_records else f"an alias of {target}"
    # The same answer for _domainkey itself shows that the wildcard is above it (RFC 4592 section 2.2.1).
    own = search.domainkey
    above = (own.records, own.chain) == (search.control.records, search.control.chain)
    name = f"*.{facts.domain}" if above else f"*._domainkey.{facts.domain}"
    report(
        f"The wildcard {name} answers for every selector of {facts.domain}: {shown[:60]!r}.",
        location=Location(name, "CNAME" if target else "TXT", target or shown),
        evidence=(search.control.describe(), *search.wildcard_records),
        fix=_fix(facts, name, target, search.wildcard_records, above),
        severity=None if target or _holds_key(search.wildcard_records) else Severity.INFO,
    )


def _holds_key(records: tuple[str, ...]) -> bool:
    return any(looks_like_dkim_key(text) for text in records)


def _fix(facts: DomainFacts, name: str, target: str, records: tuple[str, ...], above: bool) -> Fix:
    """A decision if the wildcard has a key or leads to one, since mail may be signed with it."""
    kind: FixKind = "decision" if target or _holds_key(records) else "improvement"
    if above:
        return Fix(
            f"If {name} is not meant for selectors, publish any record at _domainkey.{facts.domain} or a "
            "key at a selector, so that the wildcard no longer covers them",
            kind=kind,
        )
    if target:
        return Fix(f"Remove {name}", (FixRecord(name, "CNAME", f"{target}.", action="remove"),), kind)
    removed = tuple(FixRecord(name, "TXT", text, action="remove") for text in records)
    return Fix(f"Remove {name}", removed, kind)
