"""No SPF record

## What it checks
Whether the domain publishes a TXT record that begins with `v=spf1`.

## Why it matters
Without it receivers get `spf=none`: anyone can put the domain into a return path, Gmail and Yahoo
refuse or junk mail that has neither SPF nor DKIM, and bulk mail to Gmail, Yahoo and Outlook must have
both. A domain that sends no mail should say so, with `v=spf1 -all`.

## How to fix
Publish one TXT record at the domain that names every host and service that sends for it.

## References
- RFC 7208 section 3
- Gmail: email sender guidelines
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import publish, spf_of
from mailproof.model import DomainFacts, Finding, Location, Rule, Severity
from mailproof.records.spf import near_miss

RULE = Rule(
    "SPF001",
    "No SPF record",
    Severity.ERROR,
    "spf",
    ("RFC 7208 section 3", "Gmail: email sender guidelines"),
)

#: Where the MX hosts of the large mailbox services live, and what those services tell to include.
_SERVICES = (
    (".mail.protection.outlook.com", "spf.protection.outlook.com"),
    (".mx.microsoft", "spf.protection.outlook.com"),
    (".google.com", "_spf.google.com"),
    (".googlemail.com", "_spf.google.com"),
    (".zoho.com", "zohomail.com"),
    (".messagingengine.com", "spf.messagingengine.com"),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where there is no SPF record."""
    root = spf_of(facts).root
    if root.status != "none":
        return
    summary, record = _record(facts)
    yield report(
        RULE,
        facts.domain,
        f"{root.reason}: receivers cannot tell who may send for it.",
        location=Location(facts.domain, "TXT"),
        evidence=(root.lookup.describe(),) if root.lookup else (),
        fix=publish(summary, facts.domain, record),
    )


def _record(facts: DomainFacts) -> tuple[str, str]:
    """The record that was meant, or one to begin with as far as the MX records tell it."""
    misses = (near_miss(text) for text in (facts.spf.other_txt[:200] if facts.spf else ()))
    meant = next((miss.meant for miss in misses if miss), None)
    if meant is not None:
        return "Publish the record that was meant; see SPF019", meant
    mx = facts.mx_lookup
    hosts = [text.split()[-1] for text in mx.records if text] if mx else []
    if mx is not None and (mx.absent or hosts == ["."]):
        return "It receives no mail: if it sends none either, publish this", "v=spf1 -all"
    names = dict.fromkeys(name for host in hosts for suffix, name in _SERVICES if host.endswith(suffix))
    terms = [f"include:{name}" for name in names] or ["mx"]
    return (
        "Publish this, with every other service that sends for the domain added before all",
        " ".join(("v=spf1", *terms, "~all")),
    )
