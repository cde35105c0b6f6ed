"""DANE: TLSA records without DNSSEC

## What it checks
The TLSA records of the mail hosts. The rule fires where the records, or the host's addresses, are not in
signed zones.

## Why it matters
RFC 7672 lets senders use TLSA only under DNSSEC. These records protect nothing, and are a trap for the day
when the zone is signed and they no longer match.

## How to fix
Sign the zone and let the parent publish its DS record, or remove the TLSA records.

## Example
Before (acme.example is not signed):

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

After (the parent zone publishes):

    acme.example. DS 12345 13 2 49FD…

## References
- RFC 7672 section 2.2
- RFC 6698 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import published, record_location, removals, tlsa_name, with_records
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.WARNING, each=with_records, consequence="tidy")
def check(facts: DomainFacts, host: DaneHostFacts, report: Reporter) -> None:
    if host.state == "insecure":
        what = "TLSA records" if host.tlsa.secure != "yes" else "addresses"
        summary = "Sign the zone with DNSSEC, or remove the TLSA records"
        report(
            f"DNSSEC does not protect the {what} of {host.host}: senders ignore its TLSA records.",
            location=record_location(host),
            evidence=(
                f"TLSA {tlsa_name(host)}: secure {host.tlsa.secure}",
                f"addresses of {host.host}: secure {host.address_secure}",
            ),
            fix=published(facts, host, summary, removals(host, *host.records), "decision"),
        )
    elif host.state == "unknown":
        report.unknown(
            f"TLSA {tlsa_name(host)}: could not check DNSSEC (the answers came from a server that "
            "does not validate, or from a file)"
        )
