"""DKIM: no key record for the signature

## What it checks
The TXT records at the name that each signature gives, `<s>._domainkey.<d>`. The rule fires where there is
none, where there are several, or where what is published is not a key.

## Why it matters
Without its key a signature proves nothing. Receivers report `dkim=permerror (no key for signature)` and
treat the mail as unsigned.

## How to fix
Publish the key under exactly that name (as TXT, or as the CNAME that the mail service gives you), or let
the server sign with the selector that is published.

## Example
Before (only s1 is published):

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s2; …

After:

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; …

## References
- RFC 6376 section 6.1.2
"""

from collections.abc import Iterator

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failure_severity, label, with_code
from mailproof.model import DkimVerdict, Location, MessageFacts, Severity


@declare(
    Severity.ERROR,
    each=with_code("no-key", "several-keys", "not-a-key-record"),
    because_of="DKIM025 DKIM028 DKIM011 DKIM001 DKIM003",
)
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    name = verdict.key_name
    lookup = verdict.key_lookup
    chain = f" (CNAME to {lookup.chain[-1]})" if lookup and lookup.chain else ""
    what = {
        "no-key": f"Publish the public key of selector {verdict.selector} at {name}, or sign "
        "with a selector that is published",
        "several-keys": f"Keep exactly one TXT record at {name}",
        "not-a-key-record": f"Replace the TXT record at {name} with the public key",
    }[verdict.code]
    report(
        f"No usable key for {label(verdict)}: "
        f"{verdict.reason}{chain if chain not in verdict.reason else ''}.",
        location=Location(name=name, rrtype="TXT", record="; ".join(lookup.records) if lookup else ""),
        evidence=(*((lookup.describe(),) if lookup else ()), *_others(facts, verdict.domain)),
        fix=what,
        severity=failure_severity(facts, verdict),
    )


def _others(facts: MessageFacts, domain: str) -> Iterator[str]:
    """What is known about the domain's other keys: NXDOMAIN for _domainkey means none (RFC 8020)."""
    for verdict in facts.dkim:
        if verdict.domain == domain and verdict.key is not None and verdict.key.valid:
            yield f"a key is published at {verdict.key_name}"
    for lookup in facts.lookups:
        if lookup.name == f"_domainkey.{domain}":
            if lookup.status == "nxdomain":
                yield f"{domain} publishes no DKIM key at all ({lookup.name} does not exist)"
            elif not lookup.undetermined:
                yield f"{domain} publishes other DKIM keys ({lookup.name} exists)"
