"""A TLSA record of a usage that mail does not know

## What it checks
Whether a TLSA record has usage 0 (PKIX-TA) or 1 (PKIX-EE).

## Why it matters
Senders of mail share no set of trusted authorities, so that RFC 7672 leaves these usages out. Such a
record authenticates nothing; where there is no other beside it, senders encrypt without knowing to whom.

## How to fix
Publish `3 1 1` (the host's key) or `2 1 1` (its authority's key) instead.

## References
- RFC 7672 section 3.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import broken, published, removals, tlsa_name
from mailproof.model import DomainFacts, FixRecord, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    for host, record, what, where in broken(facts, report, "pkix-usage"):
        instead = removals(host, record)
        if record.usage == 1 and record.data and record.selector in (0, 1) and record.matching in (0, 1, 2):
            # What PKIX-EE demands of the certificate itself, DANE-EE demands too.
            value = f"3 {record.selector} {record.matching} {record.data}"
            instead += (FixRecord(tlsa_name(host), "TLSA", value),)
        report(
            f"The TLSA record {_short(record.text)!r} of {host.host} cannot be used for mail: {what}.",
            location=where,
            fix=published(
                facts,
                host,
                "Publish a record of usage 3 in place of it, once it is sure that it matches the host's key",
                instead,
                "decision",
            ),
        )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
