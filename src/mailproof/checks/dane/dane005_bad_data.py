"""DANE: TLSA data of the wrong length

## What it checks
The data of each TLSA record. The rule fires where it does not fit the matching type: 32 octets for SHA-256,
64 for SHA-512, DER for a whole certificate or key. It is an error where no usable record is left.

## Why it matters
Such a record can never match. Mostly the digest was cut off, or printed in another form.

## How to fix
Compute the digest again: `openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER |
sha256sum`.

## Example
Before (20 octets, SHA-1):

    _25._tcp.mx1.acme.example. TLSA 3 1 1 da39a3ee5e6b4b0d3255bfef95601890afd80709

After (32 octets, SHA-256):

    _25._tcp.mx1.acme.example. TLSA 3 1 1 e3b0c44298fc1c149afbf4c8996fb924…

## References
- RFC 6698 section 2.1.4
- RFC 7671 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import broken, replacement_fix, with_records
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.WARNING, with_records, consequence="tidy", needs="transport")
def check(facts: DomainFacts, hosts: tuple[DaneHostFacts, ...], report: Reporter) -> None:
    for host, record, what, where in broken(hosts, "length", "data"):
        alone = not any(each.usable for each in host.records)
        report(
            f"The TLSA record of {host.host} can never match: {what}.",
            location=where,
            fix=replacement_fix(facts, host, record),
            severity=Severity.ERROR if alone and host.state == "unusable" else Severity.WARNING,
        )
