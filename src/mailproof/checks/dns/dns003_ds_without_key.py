"""DNSSEC: DS record matches no key of the zone

## What it checks
The DS records of the delegation, against the DNSKEY records of the zone. The rule fires where no DS record
is the digest of a published key; mailproof computes the digests itself.

## Why it matters
A DS record promises that the zone is signed with that key. Without the key nothing validates, and behind a
validating resolver the whole domain is gone, its mail records too. It happens when a domain moves to
another DNS provider and the old DS record stays.

## How to fix
At the registrar, replace the DS records by those of the current key, or remove them.

## Example
Before:

    acme.example. DS 41950 5 1 32e0ae0647d78e9b8f6b8338b5b24051de7f62c1
    acme.example. DNSKEY 257 3 13 (
        +evkZBR8wQLZIyTQmdknwaUOQtV6CKEW/+wKKYGdjGVwuvfRKIiQKmoMHWet0QMSPIWatpv46UMck4STDUt+7g== )

After:

    acme.example. DS 30199 13 2 55436c5bb20afe26c0d427ba8cfd478dd7858f6fa480709202887423ac00456d
    acme.example. DNSKEY 257 3 13 (
        +evkZBR8wQLZIyTQmdknwaUOQtV6CKEW/+wKKYGdjGVwuvfRKIiQKmoMHWet0QMSPIWatpv46UMck4STDUt+7g== )

## References
- RFC 4034 section 5.1.4
- RFC 4035 section 5.2
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, some
from mailproof.checks.dns._facts import own_zone
from mailproof.model import Location, Severity, ZoneSecurity


@declare(Severity.ERROR, own_zone, needs="dnssec")
def check(zone: ZoneSecurity, report: Reporter) -> None:
    if zone.ds is None or zone.dnskey is None or zone.ds.absent:
        raise NotApplicable(f"the zone {zone.zone} has no DS record")
    answered(zone.ds, zone.dnskey)
    why = "the DS records use unknown digest types, which resolvers ignore too"
    checked = some((each for each in zone.delegations if each.checked), why)
    if any(each.matches is not None for each in checked):
        return
    tags = ", ".join(str(key.key_tag) for key in zone.keys) or "none"
    wanted = ", ".join(dict.fromkeys(str(each.key_tag) for each in checked))
    report(
        f"The DS record of {zone.zone} is for key {wanted}, but the keys in the zone are: {tags}.",
        location=Location(zone.zone, "DS", checked[0].text),
        evidence=tuple(f"DS {each.text}" for each in checked),
        fix="At the registrar, replace the DS records by those of the current key, or remove them.",
    )
