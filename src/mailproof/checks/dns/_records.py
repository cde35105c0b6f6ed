"""The lookups of the records that mail depends on."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.model import DomainFacts, Lookup
from mailproof.names import is_within


def mail_lookups(facts: DomainFacts) -> Iterator[Lookup]:
    """The lookups of the domain's own MX, SPF, DMARC and DKIM records (without aliases), each once."""
    own_step = next((step for step in facts.dmarc.walk.steps if step.record), None) if facts.dmarc else None
    candidates = (
        facts.mx_lookup,
        facts.spf.root.lookup if facts.spf is not None and facts.spf.root.record is not None else None,
        own_step.lookup if own_step is not None else None,
        *(key.lookup for key in facts.dkim if key.record is not None),
    )
    seen: set[tuple[str, str]] = set()
    for lookup in candidates:
        if lookup is None or lookup.chain or not is_within(lookup.name, facts.domain):
            continue
        if (lookup.name, lookup.rrtype) in seen:
            continue
        seen.add((lookup.name, lookup.rrtype))
        yield lookup


def undetermined(facts: DomainFacts) -> Iterator[Lookup]:
    """The lookups of MX, SPF and DMARC that failed."""
    candidates = (
        facts.mx_lookup,
        facts.spf.root.lookup if facts.spf is not None else None,
        facts.dmarc.walk.unknown if facts.dmarc is not None else None,
    )
    return (lookup for lookup in candidates if lookup is not None and lookup.undetermined)
