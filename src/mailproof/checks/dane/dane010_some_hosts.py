"""DANE: only some mail hosts have TLSA records

## What it checks
The TLSA records of all mail hosts. The rule fires where one host has them under DNSSEC and another has
none.

## Why it matters
An attacker who blocks the protected hosts steers all mail to the unprotected one.

## How to fix
Publish TLSA records for each host in the MX records, the backup included.

## Example
Before:

    _25._tcp.mx2.acme.example. TLSA 3 1 1 2b2b…

After:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…
    _25._tcp.mx2.acme.example. TLSA 3 1 1 2b2b…

## References
- RFC 7672 section 2.2.1
- RFC 7672 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import (
    dane,
    in_force,
    published,
    record_location,
    records_for_keys,
    with_records,
)
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.WARNING, with_records, needs="transport")
def check(facts: DomainFacts, hosts: tuple[DaneHostFacts, ...], report: Reporter) -> None:
    in_force(hosts)
    for host in dane(facts).hosts:
        if host.tlsa.absent:
            records = records_for_keys(facts, host) if host.address_secure == "yes" else ()
            summary = "Publish a record for its key, if its zone is signed"
            report(
                f"The mail host {host.host} has no TLSA records, but {hosts[0].host} has.",
                location=record_location(host),
                evidence=(host.tlsa.describe(),),
                fix=published(facts, host, summary, records, "decision"),
            )
