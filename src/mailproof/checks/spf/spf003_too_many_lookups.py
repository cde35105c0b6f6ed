"""More than ten DNS lookups

## What it checks
How many DNS lookups a receiver must make before the record says no: each `include`, `a`, `mx`, `ptr`,
`exists` and `redirect` costs one, in the record and in all that it includes. What is behind `all` costs
nothing.

## Why it matters
Past the tenth lookup a receiver stops with `permerror`. Whether a message is hit depends on which term
its sender would have matched, so that some of the mail fails and some does not.

## How to fix
Remove services no longer in use, replace `a` and `mx` by `ip4` and `ip6` where the addresses are yours,
and move services to subdomains with records of their own. The tree shows what each term costs.

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, record_of, spf_of, still_unknown
from mailproof.checks.spf._fixes import publish
from mailproof.model import (
    MAX_LOOKUPS,
    DomainFacts,
    Fix,
    Severity,
    SpfNode,
    SpfRecord,
    SpfTerm,
    SpfTermCost,
)
from mailproof.records.spf import rewritten

RULE = declare(__name__, __doc__, Severity.ERROR)
_FEW = 4


def check(facts: DomainFacts, report: Reporter) -> None:
    root, record = record_of(facts)
    count = spf_of(facts).lookup_count
    if count <= MAX_LOOKUPS:
        still_unknown(facts)
        return
    over = next((cost for cost in root.costs if cost.lookups_after > MAX_LOOKUPS), None)
    where = f"; {over.term.text} is the first to go past the limit" if over else ""
    report(
        f"The record of {root.domain} costs {count} DNS lookups, and receivers stop with permerror after "
        f"{MAX_LOOKUPS}{where}.",
        location=at(root, over.term if over else None),
        evidence=costs(root),
        fix=_fix(facts, root, record, count),
    )


def costs(root: SpfNode) -> tuple[str, ...]:
    """A line for each term that costs lookups, the running count at its end."""
    return tuple(
        f"{cost.term.text}: {cost.lookups_after - cost.lookups_before}, {cost.lookups_after} so far"
        for cost in root.costs
        if cost.lookups_after > cost.lookups_before
    )


def _fix(facts: DomainFacts, root: SpfNode, record: SpfRecord, count: int) -> Fix:
    """The record with the domain's own hosts named by address, where that is enough to come down to ten."""
    changes: list[tuple[SpfTerm, str]] = []
    seen: set[str] = set()
    named: set[str] = set()
    for cost in root.costs:
        term = cost.term
        if term.name in ("ip4", "ip6"):
            if cost.networks and named.issuperset(cost.networks):
                changes.append((term, ""))
            named.update(cost.networks)
        if term.kind != "mechanism" or not term.costs_lookup:
            continue
        if term.text.lower() in seen:
            changes.append((term, ""))
            count -= cost.lookups_after - cost.lookups_before
        elif term.name in ("a", "mx") and "%" not in term.value and _is_own(facts, cost):
            qualifier = "" if term.qualifier == "+" else term.qualifier
            fresh = [each for each in dict.fromkeys(cost.networks) if each not in named]  # the first decides
            changes.append((term, " ".join(f"{qualifier}{as_term(network)}" for network in fresh)))
            named.update(fresh)
            count -= 1
        seen.add(term.text.lower())
    if changes and count <= MAX_LOOKUPS:
        summary = f"Name your own hosts by address, which leaves {count} lookups"
        return publish(facts, root, summary, rewritten(record, changes), "improvement")
    most = sorted(root.costs, key=lambda c: c.lookups_before - c.lookups_after)[:2]
    names = " and ".join(f"{c.term.text} ({c.lookups_after - c.lookups_before})" for c in most)
    return Fix(
        f"Remove services no longer in use, or send them from a subdomain; most is spent on {names}",
        kind="decision",
    )


def _is_own(facts: DomainFacts, cost: SpfTermCost) -> bool:
    """Whether a term stands for a few known addresses of the owner's hosts."""
    if not cost.networks or len(cost.networks) > _FEW or any(lookup.undetermined for lookup in cost.lookups):
        return False
    hosts = {lookup.name for lookup in cost.lookups if lookup.rrtype in ("A", "AAAA")}
    own = all(host == facts.domain or host.endswith(f".{facts.domain}") for host in hosts)
    return own and not any(lookup.chain for lookup in cost.lookups)


def as_term(network: str) -> str:
    """A network in CIDR form as a mechanism, a single address without its prefix."""
    if ":" in network:
        return f"ip6:{network.removesuffix('/128')}"
    return f"ip4:{network.removesuffix('/32')}"
