"""The zone is signed with algorithms of the past

## What it checks
Whether a key of the zone uses RSA/MD5, DSA, RSA/SHA-1 or GOST, or all DS records are SHA-1 or GOST
digests.

## Why it matters
Resolvers stop supporting them (Red Hat's already do): the zone then counts as unsigned, and DANE ends.
SHA-1 must not be used for signing or for delegations any more.

## How to fix
Roll over to ECDSA P-256 (algorithm 13) or RSA/SHA-256 (8), with SHA-256 DS records.

## References
- RFC 8624 sections 3.1 and 3.3
- RFC 9905
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dns._facts import own_zone
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy", needs=("dnssec",))


#: Algorithms that must not or should not be used for signing.
ALGORITHMS = {1: "RSA/MD5", 3: "DSA", 5: "RSA/SHA-1", 6: "DSA", 7: "RSA/SHA-1", 12: "GOST"}


def check(facts: DomainFacts, report: Reporter) -> None:
    zone = own_zone(facts)
    if zone.dnskey is None or zone.ds is None:
        raise NotApplicable("DNSSEC was not looked at")
    old = sorted({key.algorithm for key in zone.keys} & set(ALGORITHMS))
    digests = {each.digest_type for each in zone.delegations}
    if old:
        named = ", ".join(f"{ALGORITHMS[number]} ({number})" for number in old)
        report(
            f"The zone {zone.zone} is signed with {named}, which resolvers are dropping.",
            location=Location(zone.zone, "DNSKEY"),
            evidence=tuple(f"key {key.key_tag}: algorithm {key.algorithm}" for key in zone.keys),
            fix=Fix("Roll over to ECDSA P-256 with SHA-256 (algorithm 13)", kind="improvement"),
        )
    if digests and digests <= {1, 3}:
        report(
            f"The DS records of {zone.zone} are SHA-1 or GOST digests only, which resolvers are dropping.",
            location=Location(zone.zone, "DS", zone.delegations[0].text),
            evidence=tuple(f"DS {each.text}" for each in zone.delegations),
            fix=Fix(
                "Hand a SHA-256 DS record (digest type 2) of the same key to the registrar",
                kind="improvement",
            ),
        )
    for lookup in (zone.dnskey, zone.ds):
        if lookup.undetermined:
            raise Undetermined.of(lookup)
    if not zone.keys and not zone.delegations:
        raise NotApplicable(f"the zone {zone.zone} is not signed")
