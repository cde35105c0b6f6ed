"""DNSSEC: MX host in an unsigned zone

## What it checks
The zones of the MX hosts of a signed domain. The rule fires where one is not signed.

## Why it matters
The MX record is protected, but the host's address can be forged, and DANE can't be used for it.

## How to fix
Use mail hosts in signed zones, or ask the mail provider to sign its zone.

## Example
Before:

    ; acme.example is signed, esp.example is not
    acme.example. MX 10 mx.esp.example.

After:

    ; acme.example and signed.example are signed
    acme.example. MX 10 mx.signed.example.

## References
- RFC 7672 section 2.2.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare, improvement
from mailproof.checks.dns._facts import known, known_zone, zones_of_hosts
from mailproof.model import DomainFacts, Location, Severity, ZoneSecurity


@declare(Severity.INFO, known_zone, needs="dnssec mx_lookup")
def check(facts: DomainFacts, own: ZoneSecurity, report: Reporter) -> None:
    if own.state not in ("signed", "mixed"):
        raise NotApplicable("the domain's own zone is not signed")
    others = zones_of_hosts(facts)
    for zone in others:
        if zone.state in ("insecure", "mixed"):
            summary = f"Ask the owner of {zone.zone} to sign it, or use mail hosts in a signed zone."
            report(
                f"{facts.domain} is signed with DNSSEC, but the zone {zone.zone} of "
                f"{', '.join(zone.hosts)} is not.",
                location=Location(zone.zone, "DS"),
                evidence=tuple(
                    f"{each.rrtype} {each.name}: not signed" for each in zone.names if each.secure == "no"
                ),
                fix=improvement(summary),
            )
    for zone in others:
        known(zone)
