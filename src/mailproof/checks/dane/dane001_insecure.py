"""TLSA records that DNSSEC does not protect

## What it checks
Whether the TLSA records of the mail hosts, and the hosts' addresses, are in signed zones.

## Why it matters
RFC 7672 lets senders use TLSA only under DNSSEC: these records protect nothing, and are a trap for the
day when the zone is signed and they no longer match.

## How to fix
Sign the zone and have its DS record published by the parent; or remove the TLSA records.

## References
- RFC 7672 section 2.2
- RFC 6698 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import published, record_location, removals, tlsa_name, with_records
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in with_records(facts, report):
        if host.state == "insecure":
            what = "TLSA records" if host.tlsa.secure != "yes" else "addresses"
            report(
                f"DNSSEC does not protect the {what} of {host.host}: senders ignore its TLSA records.",
                location=record_location(host),
                evidence=(
                    f"TLSA {tlsa_name(host)}: secure {host.tlsa.secure}",
                    f"addresses of {host.host}: secure {host.address_secure}",
                ),
                fix=published(
                    facts,
                    host,
                    "Sign the zone with DNSSEC, or remove the TLSA records",
                    removals(host, *host.records),
                    "decision",
                ),
            )
        elif host.state == "unknown":
            report.unknown(
                f"TLSA {tlsa_name(host)}: whether DNSSEC protects it is not known "
                "(the answers came from a server that does not validate, or from a file)"
            )
