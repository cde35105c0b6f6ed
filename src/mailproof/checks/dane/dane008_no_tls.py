"""DANE: TLSA records, but no TLS

## What it checks
STARTTLS at each host with usable TLSA records under DNSSEC. The rule fires where it is not offered or does
not complete.

## Why it matters
The records promise TLS. Senders that use DANE do not fall back to plain text: they do not deliver.

## How to fix
Repair STARTTLS on the host, or remove the TLSA records until it works.

## Example
Before (Postfix on mx1, with TLSA records published):

    smtpd_tls_security_level = none

After:

    smtpd_tls_security_level = may

## References
- RFC 7672 section 2.2
- RFC 7672 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import (
    IN_FORCE,
    certificate_seen,
    published,
    record_location,
    removals,
    with_records,
)
from mailproof.model import DaneHostFacts, DomainFacts, Severity


@declare(Severity.ERROR, each=with_records, because_of="TLS006 TLS007", needs="transport")
def check(facts: DomainFacts, host: DaneHostFacts, report: Reporter) -> None:
    if host.state not in IN_FORCE:
        return
    if host.state == "no-tls":
        summary = "Repair STARTTLS; until then, remove the TLSA records"
        report(
            f"{host.host} has TLSA records, but no TLS: senders that use DANE will not deliver to it.",
            location=record_location(host),
            evidence=tuple(
                f"{each.address}: {each.starttls_problem or 'no STARTTLS'}"
                for each in (facts.transport.connections if facts.transport else ())
                if each.host == host.host and each.tls is None
            ),
            fix=published(facts, host, summary, removals(host, *host.records), "decision"),
        )
        return
    certificate_seen(facts, report, host)
