"""TLSA records behind MX records that are not signed

## What it checks
Whether the MX records are under DNSSEC where the TLSA records of the hosts are.

## Why it matters
Some senders use the TLSA records all the same. But whoever forges the MX answer names a host of their
own, and the protection is gone.

## How to fix
Sign the domain's own zone too, and have its DS record published.

## References
- RFC 7672 section 2.2.1
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dane._facts import IN_FORCE, dane, with_records
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("DNS006",))


def check(facts: DomainFacts, report: Reporter) -> None:
    hosts = [host for host in with_records(facts, report) if host.state in IN_FORCE]
    if not hosts:
        raise NotApplicable("no TLSA records of the mail hosts are in force")
    secure = dane(facts).mx_secure
    if secure == "unknown":
        raise Undetermined(f"MX {facts.domain}: whether DNSSEC protects it is not known")
    if secure != "yes":
        report(
            f"The MX records of {facts.domain} are not signed, while the TLSA of {hosts[0].host} are.",
            location=Location(facts.domain, "MX"),
            fix=Fix(f"Sign the zone of {facts.domain} with DNSSEC", kind="improvement"),
        )
