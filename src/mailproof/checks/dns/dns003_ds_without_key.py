"""No DS record fits a key of the zone

## What it checks
Whether at least one DS record of the delegation is the digest of a DNSKEY that the zone publishes. The
digests are computed anew.

## Why it matters
A DS record promises that the zone is signed with that key. Without it nothing validates: for everybody
behind a validating resolver the whole domain, its mail records too, is gone. It happens when the DNS
provider is changed and the DS of the old one stays.

## How to fix
At the registrar, replace the DS records by those of the present key, or remove them.

## References
- RFC 4034 section 5.1.4
- RFC 4035 section 5.2
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dns._facts import own_zone
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("dnssec",))


def check(facts: DomainFacts, report: Reporter) -> None:
    zone = own_zone(facts)
    if zone.ds is None or zone.dnskey is None or zone.ds.absent:
        raise NotApplicable(f"the zone {zone.zone} has no DS record")
    if zone.ds.undetermined:
        raise Undetermined.of(zone.ds)
    if zone.dnskey.undetermined:
        raise Undetermined.of(zone.dnskey)
    checked = [each for each in zone.delegations if each.checked]
    if not checked:
        raise NotApplicable("the DS records use digests that are not known here: resolvers ignore them too")
    if any(each.matches is not None for each in checked):
        return
    tags = ", ".join(str(key.key_tag) for key in zone.keys) or "none at all"
    wanted = ", ".join(dict.fromkeys(str(each.key_tag) for each in checked))
    report(
        f"The DS record of {zone.zone} is for the key {wanted}, but the zone's keys are: {tags}.",
        location=Location(zone.zone, "DS", checked[0].text),
        evidence=tuple(f"DS {each.text}" for each in checked),
        fix=Fix("At the registrar, replace the DS records by those of the present key, or remove them"),
    )
