"""Runs the SPF rules on a zone, without the rest of an audit."""

from __future__ import annotations

from mailproof.checks import registry
from mailproof.engine.judge import judge
from mailproof.facts.spf import collect_spf
from mailproof.model import DomainFacts, Outcome, Status
from tests.support.resolvers import FailingResolver, zone


async def outcomes(
    world: str, failures: dict[tuple[str, str], Status] | None = None, domain: str = "acme.example"
) -> dict[str, Outcome]:
    """The outcome of each rule for the domain in this world, by rule."""
    resolver = FailingResolver(zone(world), failures or {})
    mx = await resolver.query(domain, "MX")
    facts = DomainFacts(domain, spf=await collect_spf(domain, resolver), mx_lookup=mx.lookup)
    return {outcome.check: outcome for outcome in judge(registry.of_topics("spf"), facts, domain)}
