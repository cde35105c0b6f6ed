"""DNSSEC validation fails for a mail host

## What it checks
Whether the address records of each MX host can be validated.

## Why it matters
Senders behind a validating resolver cannot find the host's address: mail to it is deferred and then
returned, if no other host takes it.

## How to fix
The owner of the host's zone must sign it anew or have its DS records removed. If that is not you, tell
them, and name another MX host until it is repaired.

## References
- RFC 4035 section 5.5
- RFC 7672 section 2.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import shown, told, zones_of_hosts
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("dnssec", "mx_lookup"))


def check(facts: DomainFacts, report: Reporter) -> None:
    others = zones_of_hosts(facts)
    for zone in others:
        if zone.state == "bogus":
            hosts = ", ".join(zone.hosts)
            reason = f" ({zone.reason})" if zone.reason else ""
            report(
                f"DNSSEC validation fails for {hosts} in the zone {zone.zone}{reason}.",
                location=Location(zone.hosts[0] if zone.hosts else zone.zone, "A"),
                evidence=shown(zone),
                fix=Fix(f"Have the zone {zone.zone} signed anew, or use another MX host until it is"),
            )
    for zone in others:
        told(zone)
