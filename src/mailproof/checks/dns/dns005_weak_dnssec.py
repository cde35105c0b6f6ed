"""DNSSEC: obsolete algorithm or digest

## What it checks
The algorithms of the zone's keys and the digests of its DS records. The rule fires where a key uses
RSA/MD5, DSA, RSA/SHA-1 or GOST, or where all DS records are SHA-1 or GOST digests.

## Why it matters
Resolvers are dropping them (Red Hat's already have). The zone then counts as unsigned, and DANE stops
working. SHA-1 must no longer be used for signatures or delegations.

## How to fix
Roll over to ECDSA P-256 (algorithm 13) or RSA/SHA-256 (8), with SHA-256 DS records.

## Example
Before:

    acme.example. DS 41950 5 1 32e0ae0647d78e9b8f6b8338b5b24051de7f62c1

After:

    acme.example. DS 30199 13 2 55436c5bb20afe26c0d427ba8cfd478dd7858f6fa480709202887423ac00456d

## References
- RFC 8624 sections 3.1 and 3.3
- RFC 9905
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, improvement
from mailproof.checks.dns._facts import own_zone
from mailproof.model import Location, Severity, ZoneSecurity

#: Algorithms that must not, or should not, be used for signing.
ALGORITHMS = {1: "RSA/MD5", 3: "DSA", 5: "RSA/SHA-1", 6: "DSA", 7: "RSA/SHA-1", 12: "GOST"}


@declare(Severity.WARNING, own_zone, consequence="tidy", needs="dnssec")
def check(zone: ZoneSecurity, report: Reporter) -> None:
    if zone.dnskey is None or zone.ds is None:
        raise NotApplicable("DNSSEC was not checked")
    old = sorted({key.algorithm for key in zone.keys} & set(ALGORITHMS))
    digests = {each.digest_type for each in zone.delegations}
    if old:
        named = ", ".join(f"{ALGORITHMS[number]} ({number})" for number in old)
        report(
            f"The zone {zone.zone} is signed with {named}, which resolvers are dropping.",
            location=Location(zone.zone, "DNSKEY"),
            evidence=tuple(f"key {key.key_tag}: algorithm {key.algorithm}" for key in zone.keys),
            fix=improvement("Roll over to ECDSA P-256 with SHA-256 (algorithm 13)."),
        )
    if digests and digests <= {1, 3}:
        report(
            f"The DS records of {zone.zone} are only SHA-1 or GOST digests, which resolvers are dropping.",
            location=Location(zone.zone, "DS", zone.delegations[0].text),
            evidence=tuple(f"DS {each.text}" for each in zone.delegations),
            fix=improvement("Enter a SHA-256 DS record (digest type 2) of the same key at the registrar."),
        )
    answered(zone.dnskey, zone.ds)
    if not zone.keys and not zone.delegations:
        raise NotApplicable(f"the zone {zone.zone} is not signed")
