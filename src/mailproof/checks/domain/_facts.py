"""Shared by the domain rules."""

from __future__ import annotations

from mailproof.checks.base import answered, required
from mailproof.model import DomainFacts, Lookup


def soa_of(facts: DomainFacts) -> Lookup:
    """The SOA lookup. Raises NotApplicable or Undetermined without an answer."""
    soa = required(facts.soa, "the zone was not checked")
    answered(soa)
    return soa
