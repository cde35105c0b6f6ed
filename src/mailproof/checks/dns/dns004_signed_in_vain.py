"""DNSSEC: signed zone without a DS record

## What it checks
Zones that publish keys (DNSKEY). The rule fires where the parent zone has no DS record for them.

## Why it matters
Without the DS record, no resolver validates the zone. The signatures protect nothing, and DANE is not
possible.

## How to fix
Enter the DS record at the registrar. It is computed from the key, and many DNS providers show it.

## Example
Before:

    ; in the zone acme.example; nothing in its parent zone
    acme.example. DNSKEY 257 3 13 +evkZBR8wQLZIyTQmdknwa…

After:

    ; in the zone acme.example
    acme.example. DNSKEY 257 3 13 +evkZBR8wQLZIyTQmdknwa…
    ; in its parent zone
    acme.example. DS 30199 13 2 55436c5bb20afe26c0d427ba8cfd478d…

## References
- RFC 4035 section 5.2
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare, improvement
from mailproof.checks.dns._facts import known_zone
from mailproof.model import Location, Severity, ZoneSecurity


@declare(Severity.INFO, known_zone, needs="dnssec")
def check(zone: ZoneSecurity, report: Reporter) -> None:
    if zone.state != "insecure":
        raise NotApplicable(f"the zone {zone.zone} is {zone.state}")
    if zone.ds is None or zone.ds.undetermined:
        raise Undetermined.of(zone.ds) if zone.ds else Undetermined("the DS record was not looked up")
    if zone.ds.found or not zone.keys:
        return
    tags = ", ".join(str(key.key_tag) for key in zone.keys)
    report(
        f"The zone {zone.zone} has keys ({tags}) but no DS record in its parent zone, so no resolver "
        "validates it.",
        location=Location(zone.zone, "DNSKEY"),
        evidence=(zone.ds.describe(),),
        fix=improvement("Enter the DS record of the key-signing key at the registrar."),
    )
