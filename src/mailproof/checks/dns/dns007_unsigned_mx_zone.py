"""The domain is signed, a mail host is not

## What it checks
Whether the MX hosts of a signed domain are in signed zones too.

## Why it matters
The protection of the signed MX record ends at the host: its address can be forged, and DANE cannot be
used for it.

## How to fix
Use mail hosts in signed zones, or ask the mail provider to sign theirs.

## References
- RFC 7672 section 2.2.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.dns._facts import own_zone, told, zones_of_hosts
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("dnssec", "mx_lookup"))


def check(facts: DomainFacts, report: Reporter) -> None:
    if told(own_zone(facts)).state not in ("signed", "mixed"):
        raise NotApplicable("the domain's own zone is not signed")
    others = zones_of_hosts(facts)
    for zone in others:
        if zone.state in ("insecure", "mixed"):
            report(
                f"{facts.domain} is signed with DNSSEC, but the zone {zone.zone} of "
                f"{', '.join(zone.hosts)} is not.",
                location=Location(zone.zone, "DS"),
                evidence=tuple(
                    f"{each.rrtype} {each.name}: not signed" for each in zone.names if each.secure == "no"
                ),
                fix=Fix(
                    f"Ask the owner of {zone.zone} to sign it, or use mail hosts in a signed zone",
                    kind="improvement",
                ),
            )
    for zone in others:
        told(zone)
