"""DNSSEC: zone not signed

## What it checks
The domain's zone, as a validating resolver sees it. The rule fires where it is not signed.

## Why it matters
Unsigned answers can be forged on the network path, MX records and DKIM keys included. DANE, with which
senders insist on TLS, requires signed zones.

## How to fix
Enable DNSSEC at the DNS provider, and enter the DS record at the registrar.

## Example
Before:

    ; no DS record for acme.example in its parent zone
    acme.example. MX 10 mx1.acme.example.

After:

    acme.example. DS 30199 13 2 55436c5bb20afe26c0d427ba8cfd478d…
    acme.example. MX 10 mx1.acme.example.
    acme.example. RRSIG MX 13 2 3600 20261115000000 20261101000000 30199 acme.example. …

## References
- RFC 4033
- RFC 7672 section 1.3.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare, improvement
from mailproof.checks.dns._facts import known_zone
from mailproof.model import Location, Severity, ZoneSecurity


@declare(Severity.INFO, known_zone, needs="dnssec")
def check(zone: ZoneSecurity, report: Reporter) -> None:
    if zone.state == "bogus":
        raise NotApplicable(f"the zone {zone.zone} is signed, but doesn't validate")
    if zone.state != "insecure" or zone.keys:
        return
    report(
        f"The zone {zone.zone} is not signed with DNSSEC.",
        location=Location(zone.zone, "DS"),
        evidence=(zone.ds.describe(),) if zone.ds is not None else (),
        fix=improvement("Enable DNSSEC at the DNS provider, and enter the DS record at the registrar."),
    )
