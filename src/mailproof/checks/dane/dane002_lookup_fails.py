"""DANE: TLSA lookup fails

## What it checks
The TLSA lookup for each mail host in a signed zone. The rule fires where the name servers answer neither
with records nor with a valid proof that there are none. A timeout is unknown.

## Why it matters
A sender that uses DANE must not deliver to a host whose TLSA lookup fails: it can't tell the failure from
an attack.

## How to fix
Check the name servers: an expired signature, a broken NSEC chain, a firewall or old server that drops
queries of types it does not know.

## Example
Before:

    $ dig +dnssec TLSA _25._tcp.mx1.acme.example
    status: SERVFAIL

After:

    $ dig +dnssec TLSA _25._tcp.mx1.acme.example
    status: NOERROR, flags: ad

## References
- RFC 7672 section 2.1.2
- RFC 7672 section 2.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import dane
from mailproof.model import STATUS_WORDS, DaneFacts, Location, Severity


@declare(Severity.ERROR, dane, because_of="DNS001 DNS002")
def check(found: DaneFacts, report: Reporter) -> None:
    for host in found.hosts:
        if not host.tlsa.undetermined or host.address_secure == "no":
            continue
        if host.address_secure != "yes" or host.tlsa.status in ("timeout", "unasked", "refused"):
            report.unanswered(host.tlsa)
            continue
        report(
            f"The lookup of TLSA {host.tlsa.name} fails: {STATUS_WORDS[host.tlsa.status]}. "
            f"Senders that use DANE will not deliver to {host.host}.",
            location=Location(host.tlsa.name, "TLSA"),
            evidence=(host.tlsa.describe(), f"addresses of {host.host}: signed and valid"),
            fix="Repair the name servers of that zone: they must answer TLSA queries with a valid proof",
        )
