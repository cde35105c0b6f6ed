"""DANE: MX records not signed

## What it checks
The MX records of a domain whose hosts have TLSA records under DNSSEC. The rule fires where the MX records
are not signed.

## Why it matters
Some senders use the TLSA records anyway. But whoever forges the MX answer can name a host of their own, and
the protection is gone.

## How to fix
Sign the domain's own zone too, and let the parent publish its DS record.

## Example
Before: acme.example is not signed.

After (the parent zone publishes):

    acme.example. DS 12345 13 2 49FD…

## References
- RFC 7672 section 2.2.1
"""

from mailproof.checks.base import Reporter, Undetermined, declare, improvement
from mailproof.checks.dane._facts import dane, in_force, with_records
from mailproof.model import DaneHostFacts, DomainFacts, Location, Severity


@declare(Severity.INFO, with_records, because_of="DNS006")
def check(facts: DomainFacts, every: tuple[DaneHostFacts, ...], report: Reporter) -> None:
    hosts = in_force(every)
    secure = dane(facts).mx_secure
    if secure == "unknown":
        raise Undetermined(f"MX {facts.domain}: could not check DNSSEC")
    if secure != "yes":
        report(
            f"The MX records of {facts.domain} are not signed, but the TLSA records of {hosts[0].host} are.",
            location=Location(facts.domain, "MX"),
            fix=improvement(f"Sign the zone of {facts.domain} with DNSSEC"),
        )
