"""No TLS reports are asked for

## What it checks
Whether a domain with MTA-STS or DANE has a record at `_smtp._tls.<domain>`.

## Why it matters
Both make senders refuse delivery where TLS fails. Without reports you learn of an expired certificate or
a forgotten MX host only from mail that does not come.

## How to fix
Publish a record with a mailbox for the daily reports; a report service can read them for you.

## References
- RFC 8460 section 3
- RFC 8461 section 1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, report
from mailproof.checks.tls_rpt._facts import first_record, reporting
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.policy_text import near_miss

RULE = Rule(
    "TLSRPT001",
    "No TLS reports are asked for",
    Severity.WARNING,
    "tls_rpt",
    (
        "RFC 8460 section 3",
        "RFC 8461 section 1",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where failures would go unseen."""
    found = reporting(facts)
    name = found.lookup.name
    if found.records or found.lookup.chain or any(near_miss(text, "TLSRPTv1") for text in found.other_txt):
        return
    wanting = _wanting(facts)
    if not wanting:
        raise NotApplicable("neither MTA-STS nor DANE is in use")
    yield report(
        RULE,
        facts.domain,
        f"{facts.domain} has {wanting}, but {name} asks for no reports of failed deliveries.",
        location=Location(name, "TXT"),
        evidence=(found.lookup.describe(),),
        fix=Fix("Ask for reports.", (FixRecord(name, "TXT", first_record(facts.domain)),)),
    )


def _wanting(facts: DomainFacts) -> str:
    """What makes reports needed: "MTA-STS", "DANE", both, or nothing."""
    dane = facts.dane.hosts if facts.dane is not None else ()
    inert = ("absent", "failed", "insecure", "unknown", "unusable")
    names = []
    if facts.mta_sts is not None and facts.mta_sts.record is not None:
        names.append("MTA-STS")
    if any(host.state not in inert for host in dane):
        names.append("DANE")
    return " and ".join(names)
