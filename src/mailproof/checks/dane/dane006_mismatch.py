"""DANE: no TLSA record matches the certificate

## What it checks
The certificate at each address of a host with TLSA records. The rule fires where none of the records
matches it. It is a warning where DNSSEC could not be checked, and a note where the records are not signed.

## Why it matters
Senders that use DANE (large providers in Europe, Microsoft, Comcast) refuse to deliver: `Server certificate
not verified`, 4.7.5. The usual cause is a renewal with a new key.

## How to fix
Publish the record of the key in use now. After that, renew with the same key, or publish the next key's
record two TTLs before it is used.

## Example
Before (the record of the old key):

    _25._tcp.mx1.acme.example. TLSA 3 1 1 0f0f…

After (the record of the key in use):

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

## References
- RFC 7672 section 3.2
- RFC 7671 section 8.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import (
    certificate_seen,
    published,
    records_for_keys,
    tlsa_name,
    with_records,
)
from mailproof.model import DaneHostFacts, DomainFacts, Location, Severity
from mailproof.records.networks import rrtype_of

#: By the state of the host, if not an error.
_WEIGHT = {"insecure": Severity.INFO, "unknown": Severity.WARNING}


@declare(Severity.ERROR, each=with_records, needs="transport")
def check(facts: DomainFacts, host: DaneHostFacts, report: Reporter) -> None:
    if not any(record.usable for record in host.records):
        return
    for match in host.matches:
        if match.records:
            continue
        report(
            f"None of the TLSA records at {tlsa_name(host)} matches the certificate of {host.host} "
            f"({match.address}).",
            location=Location(host.host, rrtype_of(match.address), match.address),
            evidence=(*(f"TLSA {record.text}" for record in host.records[:4]), *match.reasons[:4]),
            fix=published(
                facts,
                host,
                "Make sure that this is the host's own certificate; then publish the record of its key, "
                "and remove the old records two TTLs later",
                records_for_keys(facts, host),
                "decision",
            ),
            severity=_WEIGHT.get(host.state, Severity.ERROR),
        )
    certificate_seen(facts, report, host)
