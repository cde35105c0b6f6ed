"""A mail host speaks no TLS newer than 1.1

## What it checks
Whether TLS 1.2 or 1.3 is offered at all.

## Why it matters
Today's senders refuse older versions by default: they fall back to plain text, or do not deliver.

## How to fix
Upgrade the server's TLS library, or take the limit on its versions away.

## References
- RFC 8996
- RFC 9325 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, with_tls
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for each, tls in with_tls(facts, report):
        modern = [version for version in each.versions if version.version in ("TLSv1.2", "TLSv1.3")]
        if not modern or any(version.offered for version in modern):
            continue
        if any(version.offered is None for version in modern):
            report.unknown(f"{modern[0].version} of {each.place}: {modern[0].reason}")
            continue
        best = tls.version
        report(
            f"{each.place} speaks no TLS newer than {best}: today's senders refuse that.",
            location=location(each),
            fix=Fix("Upgrade the server's TLS library, or allow TLS 1.2 and 1.3."),
        )
