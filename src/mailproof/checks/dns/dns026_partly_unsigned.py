"""DNSSEC: mail record outside the signed zone

## What it checks
The SOA, MX, SPF and DMARC records of a signed domain. The rule fires where one has no valid signature.

## Why it matters
A record without a signature is in a zone of its own that is not signed (often `_dmarc`, delegated to a
provider). It can be forged, while the rest is protected.

## How to fix
Sign the delegated zone and publish its DS record in yours, or publish the record in your own zone.

## Example
Before:

    ; acme.example is signed, _dmarc.acme.example is not
    _dmarc.acme.example. NS ns1.provider.example.

After:

    ; both are signed
    _dmarc.acme.example. NS ns1.provider.example.
    _dmarc.acme.example. DS 4711 13 2 9f86d081884c7d659a2feaa0c55ad015…

## References
- RFC 4035 section 5
"""

from mailproof.checks.base import NotApplicable, Reporter, declare, improvement
from mailproof.checks.dns._facts import known_zone
from mailproof.model import Location, Severity, ZoneSecurity


@declare(Severity.INFO, known_zone, needs="dnssec")
def check(zone: ZoneSecurity, report: Reporter) -> None:
    if zone.state not in ("mixed", "signed"):
        raise NotApplicable(f"the zone {zone.zone} is {zone.state}")
    for lookup in zone.names:
        if zone.state == "mixed" and lookup.secure == "no" and not lookup.chain and not lookup.undetermined:
            summary = f"Sign the zone with {lookup.name}, or publish the record in the zone {zone.zone}."
            report(
                f"{lookup.name} {lookup.rrtype} is not signed, although {report.subject} is.",
                location=Location(lookup.name, lookup.rrtype),
                evidence=(f"{lookup.rrtype} {lookup.name}: not signed",),
                fix=improvement(summary),
            )
