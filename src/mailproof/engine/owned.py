"""The names that the domain owner controls, and what they have published there."""

from __future__ import annotations

from mailproof.checks.ownership import is_generated
from mailproof.model import DomainFacts, Report
from mailproof.names import is_within


def why_foreign(report: Report, name: str) -> str:
    """Why the owner cannot publish at a name; "" if they can."""
    home = home_of(report.facts.dns) if report.facts.dns is not None else report.subject
    if not is_within(name, home):
        return f"{name} is not in your zone"
    if is_generated(name):
        return f"{name} is written by your DNS provider"
    return ""


def home_of(facts: DomainFacts) -> str:
    """The topmost name that certainly belongs to the owner."""
    found = facts.dmarc.walk.organizational_domain if facts.dmarc is not None else ""
    inside = found and is_within(facts.domain, found)
    return found if inside else facts.domain


def owners_texts(facts: DomainFacts, word: str) -> list[str]:
    """The TXT records (and those of the obsolete type SPF) at the owner's names that contain a word."""
    home = home_of(facts)
    return [
        text
        for lookup in facts.lookups
        if lookup.rrtype in ("TXT", "SPF") and is_within(lookup.name, home)
        for text in lookup.records
        if word in text.lower()
    ]
