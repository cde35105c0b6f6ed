"""DNSSEC validation fails for the domain

## What it checks
Whether the resolver could validate the SOA, MX, SPF and DMARC records of the domain: bogus means that
the zone is signed, or ought to be, and the signatures do not hold.

## Why it matters
Every receiver behind a validating resolver (most large ones) gets SERVFAIL: it finds no MX, no SPF, no
DKIM and no DMARC. Mail to you is deferred and then returned, and mail from you fails or is deferred.

## How to fix
Look at the reason: expired signatures need signing anew, a DS without its key must be replaced at the
registrar. If nothing helps at once, have the registrar remove the DS records: the zone is then merely
unsigned.

## References
- RFC 4035 section 5.5
- RFC 8914 (extended errors)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import own_zone, shown, told
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("DNS003",), needs=("dnssec",))


def check(facts: DomainFacts, report: Reporter) -> None:
    zone = told(own_zone(facts))
    if zone.state != "bogus":
        return
    names = ", ".join(sorted({f"{each.name} {each.rrtype}" for each in zone.names if each.undetermined}))
    reason = f" ({zone.reason})" if zone.reason else ""
    report(
        f"DNSSEC validation fails in the zone {zone.zone}{reason}: receivers that validate get no answer"
        f"{' for ' + names if names else ''}.",
        location=Location(zone.zone, "DNSKEY"),
        evidence=shown(zone),
        fix=Fix(
            "Sign the zone anew, or replace the DS records at the registrar; "
            "as a first aid have the registrar remove the DS records"
        ),
    )
