"""The zone is not signed

## What it checks
Whether the domain's zone is signed with DNSSEC, as a validating resolver sees it.

## Why it matters
Unsigned answers can be forged on the way, the MX and DKIM keys among them; and DANE, which makes senders
use TLS for certain, needs signed zones.

## How to fix
Switch DNSSEC on at the DNS provider and hand the DS record to the registrar.

## References
- RFC 4033
- RFC 7672 section 1.3.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.dns._facts import own_zone, told
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("dnssec",))


def check(facts: DomainFacts, report: Reporter) -> None:
    zone = told(own_zone(facts))
    if zone.state == "bogus":
        raise NotApplicable(f"the zone {zone.zone} is signed wrongly")
    if zone.state != "insecure" or zone.keys:
        return
    report(
        f"The zone {zone.zone} is not signed with DNSSEC.",
        location=Location(zone.zone, "DS"),
        evidence=(zone.ds.describe(),) if zone.ds is not None else (),
        fix=Fix(
            "Switch DNSSEC on at the DNS provider, and hand the DS record to the registrar",
            kind="improvement",
        ),
    )
