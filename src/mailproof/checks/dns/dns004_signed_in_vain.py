"""The zone is signed, but nothing says so

## What it checks
Whether a zone that publishes keys (DNSKEY) has no DS record in the zone above it.

## Why it matters
Without the DS nobody validates: the signatures cost their work and protect nothing, and DANE is not
possible.

## How to fix
Hand the DS record to the registrar (it can be made from the key; many DNS providers show it).

## References
- RFC 4035 section 5.2
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dns._facts import own_zone, told
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("dnssec",))


def check(facts: DomainFacts, report: Reporter) -> None:
    zone = told(own_zone(facts))
    if zone.state != "insecure":
        raise NotApplicable(f"the zone {zone.zone} is {zone.state}")
    if zone.ds is None or zone.ds.undetermined:
        raise Undetermined.of(zone.ds) if zone.ds else Undetermined("the DS record was not looked at")
    if zone.ds.found or not zone.keys:
        return
    tags = ", ".join(str(key.key_tag) for key in zone.keys)
    report(
        f"The zone {zone.zone} publishes keys ({tags}) and has no DS record, so nobody validates it.",
        location=Location(zone.zone, "DNSKEY"),
        evidence=(zone.ds.describe(),),
        fix=Fix("Hand the DS record of the key-signing key to the registrar", kind="improvement"),
    )
