"""What the domain rules share."""

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.model import DomainFacts, Lookup


def soa_of(facts: DomainFacts) -> Lookup:
    """The SOA lookup. Raises NotApplicable or Undetermined where there is no answer."""
    if facts.soa is None:
        raise NotApplicable("the zone was not checked")
    if facts.soa.undetermined:
        raise Undetermined.of(facts.soa)
    return facts.soa
