"""What the rules of parked domains share."""

from __future__ import annotations

from mailproof.checks.base import NotApplicable
from mailproof.model import DomainFacts


def parked(facts: DomainFacts) -> None:
    """Raise NotApplicable for any other domain."""
    if facts.profile != "parked":
        raise NotApplicable("not a parked domain")
