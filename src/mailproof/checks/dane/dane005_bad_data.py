"""A TLSA record with data of the wrong length

## What it checks
Whether the data of each TLSA record fits its matching type: 32 octets for SHA-256, 64 for SHA-512, DER
for a whole certificate or key. It is an error where no usable record is left beside it.

## Why it matters
Such a record can never match. It is most often a digest that was cut off, or printed in another form.

## How to fix
Compute the digest anew: `openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER |
sha256sum`.

## References
- RFC 6698 section 2.1.4
- RFC 7671 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import anew, broken
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy", needs=("transport",))


def check(facts: DomainFacts, report: Reporter) -> None:
    for host, record, what, where in broken(facts, report, "length", "data"):
        alone = not any(each.usable for each in host.records)
        report(
            f"The TLSA record of {host.host} can match nothing: {what}.",
            location=where,
            fix=anew(facts, host, record),
            severity=Severity.ERROR if alone and host.state == "unusable" else Severity.WARNING,
        )
