"""What checkdmarc says of the very answers that we judged."""

from __future__ import annotations

from mailproof.dns import Resolver
from mailproof.model import DomainFacts, SecondOpinion


async def collect_second_opinions(
    domain: str, resolver: Resolver, facts: DomainFacts
) -> tuple[SecondOpinion, ...]:
    """Ask the other tools; each disagreement comes with a note that says who is right and why."""
    from mailproof.adapters.checkdmarc import second_opinion

    return await second_opinion(domain, resolver, facts)
