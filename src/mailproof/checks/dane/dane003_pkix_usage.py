"""DANE: TLSA record with usage 0 or 1

## What it checks
The usage of each TLSA record. The rule fires on 0 (PKIX-TA) and 1 (PKIX-EE).

## Why it matters
Mail servers share no set of trusted CAs, so RFC 7672 leaves these usages out. Such a record authenticates
nothing. Where there is no other, senders encrypt without authenticating the host.

## How to fix
Publish `3 1 1` (the host's key) or `2 1 1` (its CA's key) instead.

## Example
Before:

    _25._tcp.mx1.acme.example. TLSA 1 1 1 1a1a…

After:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

## References
- RFC 7672 section 3.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import broken, published, removals, tlsa_name, with_records
from mailproof.model import DaneHostFacts, DomainFacts, FixRecord, Severity


@declare(Severity.WARNING, with_records, consequence="tidy")
def check(facts: DomainFacts, hosts: tuple[DaneHostFacts, ...], report: Reporter) -> None:
    for host, record, what, where in broken(hosts, "pkix-usage"):
        instead = removals(host, record)
        if record.usage == 1 and record.data and record.selector in (0, 1) and record.matching in (0, 1, 2):
            # PKIX-EE and DANE-EE match the certificate in the same way.
            value = f"3 {record.selector} {record.matching} {record.data}"
            instead += (FixRecord(tlsa_name(host), "TLSA", value),)
        shown = record.text if len(record.text) <= 40 else f"{record.text[:37]}..."
        summary = "Replace it with a record of usage 3, once you are sure that it matches the host's key"
        report(
            f"The TLSA record {shown!r} of {host.host} can't be used for mail: {what}.",
            location=where,
            fix=published(facts, host, summary, instead, "decision"),
        )
