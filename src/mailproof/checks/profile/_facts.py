"""Shared by the rules for parked domains."""

from __future__ import annotations

from mailproof.checks.base import NotApplicable, answered
from mailproof.model import DomainFacts


def parked(facts: DomainFacts) -> None:
    """Raise NotApplicable for other domains, Undetermined if it may be parked."""
    if facts.profile != "parked":
        if not facts.profile_reason:
            answered(facts.mx_lookup, facts.spf.root.lookup if facts.spf is not None else None)
        raise NotApplicable("not a parked domain")
