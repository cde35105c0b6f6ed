"""DNSSEC: validation fails for the domain

## What it checks
The SOA, MX, SPF and DMARC records of the domain, as a validating resolver sees them. The rule fires where
they are bogus: the zone is signed, or should be, and the signatures don't verify.

## Why it matters
Every receiver behind a validating resolver (most large ones) gets SERVFAIL: no MX, no SPF, no DKIM and no
DMARC. Mail to you is deferred and then returned, and mail from you fails or is deferred.

## How to fix
1. Look at the reason: expired signatures need re-signing, and a DS record without its key must be replaced
   at the registrar.
2. If nothing helps quickly, have the registrar remove the DS records: the zone is then just unsigned.

## Example
Before:

    acme.example. RRSIG SOA 13 2 3600 20261031000000 20261017000000 30199 acme.example. …
    ; on 2026-11-01: signature expired

After:

    acme.example. RRSIG SOA 13 2 3600 20261115000000 20261101000000 30199 acme.example. …

## References
- RFC 4035 section 5.5
- RFC 8914 (extended errors)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import known_zone, shown
from mailproof.model import Location, Severity, ZoneSecurity


@declare(Severity.ERROR, known_zone, because_of="DNS003", needs="dnssec")
def check(zone: ZoneSecurity, report: Reporter) -> None:
    if zone.state != "bogus":
        return
    names = ", ".join(sorted({f"{each.name} {each.rrtype}" for each in zone.names if each.undetermined}))
    reason = f" ({zone.reason})" if zone.reason else ""
    report(
        f"DNSSEC validation fails for the zone {zone.zone}{reason}: validating receivers get no answer"
        f"{' for ' + names if names else ''}.",
        location=Location(zone.zone, "DNSKEY"),
        evidence=shown(zone),
        fix="Sign the zone again, or replace the DS records at the registrar. As a quick fix, have the "
        "registrar remove the DS records.",
    )
