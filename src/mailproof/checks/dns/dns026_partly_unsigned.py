"""Some mail records are outside the signed zone

## What it checks
Whether all of SOA, MX, SPF and DMARC of a signed domain come with valid signatures.

## Why it matters
A record of the domain that comes unsigned is in a zone of its own that is not signed (often `_dmarc`,
handed to a provider): it can be forged, while the rest is protected.

## How to fix
Sign the zone that was delegated, and put its DS record into yours; or publish the record in your own
zone.

## References
- RFC 4035 section 5
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.dns._facts import own_zone, told
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("dnssec",))


def check(facts: DomainFacts, report: Reporter) -> None:
    zone = told(own_zone(facts))
    if zone.state not in ("mixed", "signed"):
        raise NotApplicable(f"the zone {zone.zone} is {zone.state}")
    for lookup in zone.names:
        if zone.state == "mixed" and lookup.secure == "no" and not lookup.chain and not lookup.undetermined:
            report(
                f"{lookup.name} {lookup.rrtype} comes without signatures, though {facts.domain} is signed.",
                location=Location(lookup.name, lookup.rrtype),
                evidence=(f"{lookup.rrtype} {lookup.name}: not signed",),
                fix=Fix(
                    f"Sign the zone that holds {lookup.name}, or publish the record in the zone {zone.zone}",
                    kind="improvement",
                ),
            )
