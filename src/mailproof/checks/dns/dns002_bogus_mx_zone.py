"""DNSSEC: validation fails for an MX host

## What it checks
The address records of each MX host, as a validating resolver sees them.

## Why it matters
Senders behind a validating resolver can't find the host's address. Mail to it is deferred and then
returned, unless another MX host takes it.

## How to fix
The owner of the host's zone must sign it again, or have its DS records removed. If that is not you, contact
them, and use another MX host until it is fixed.

## Example
Before:

    ; MX host mx.esp.example, on 2026-11-01: signature expired
    mx.esp.example. RRSIG A 13 3 3600 20261031000000 20261017000000 4711 esp.example. …

After:

    mx.esp.example. RRSIG A 13 3 3600 20261115000000 20261101000000 4711 esp.example. …

## References
- RFC 4035 section 5.5
- RFC 7672 section 2.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import known, shown, zones_of_hosts
from mailproof.model import Location, Severity, ZoneSecurity


@declare(Severity.ERROR, zones_of_hosts, needs="dnssec mx_lookup")
def check(others: tuple[ZoneSecurity, ...], report: Reporter) -> None:
    for zone in others:
        if zone.state == "bogus":
            hosts = ", ".join(zone.hosts)
            reason = f" ({zone.reason})" if zone.reason else ""
            report(
                f"DNSSEC validation fails for {hosts} in the zone {zone.zone}{reason}.",
                location=Location(zone.hosts[0] if zone.hosts else zone.zone, "A"),
                evidence=shown(zone),
                fix=f"Have the zone {zone.zone} signed again, or use another MX host until it is.",
            )
    for zone in others:
        known(zone)
