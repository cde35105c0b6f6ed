"""SPF: more than 10 DNS lookups

## What it checks
The number of DNS lookups that a receiver makes when no term of the record matches: one for each `include`,
`a`, `mx`, `ptr`, `exists` and `redirect`, in the record and in everything it includes. Terms after `all` cost
nothing. The rule fires above 10.

## Why it matters
After the 10th lookup receivers stop with `permerror`. Whether a message is hit depends on which term its
sender would have matched, so some of the mail fails and some does not.

## How to fix
Remove services you no longer use, replace `a` and `mx` with `ip4` and `ip6` where the addresses are yours,
and move services to subdomains with records of their own. The SPF tree in the report shows what each term
costs.

## Example
Before:

    acme.example. TXT "v=spf1 mx a:www.acme.example include:s1.example include:s2.example
        include:s3.example include:s4.example include:s5.example -all" ; 12 lookups: each include costs 2

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.25 ip4:192.0.2.80 include:s1.example include:s2.example
        include:s3.example include:s4.example include:s5.example -all" ; 10 lookups

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import at, record_of, require_complete, spf_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import MAX_LOOKUPS, DomainFacts, Fix, Severity, SpfNode, SpfRecord, SpfTerm, SpfTermCost
from mailproof.names import is_within
from mailproof.printable import counted
from mailproof.records.spf import as_term, rewritten

_FEW = 4


@declare(Severity.ERROR, record_of)
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, record = found
    count = spf_of(facts).lookup_count
    if count <= MAX_LOOKUPS:
        require_complete(facts)
        return
    over = next((cost for cost in root.costs if cost.lookups_after > MAX_LOOKUPS), None)
    where = f"; {over.term.text} is the first term over the limit" if over else ""
    report(
        f"The SPF record of {root.domain} needs {'at least ' if spf_of(facts).unknown else ''}{count} DNS "
        f"lookups, and receivers stop with permerror after {MAX_LOOKUPS}{where}.",
        location=at(root, over.term if over else None),
        evidence=costs(root),
        fix=_fix(facts, root, record, count),
    )


def costs(root: SpfNode) -> tuple[str, ...]:
    """A line for each term that costs lookups, with the running total."""
    return tuple(
        f"{cost.term.text}: {counted(count, 'lookup')}, {cost.lookups_after} in total"
        for cost in root.costs
        if (count := cost.lookups_after - cost.lookups_before) > 0
    )


def _fix(facts: DomainFacts, root: SpfNode, record: SpfRecord, count: int) -> Fix:
    """The record with the domain's own hosts listed by address, if that reduces it to ten lookups."""
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
            fresh = [each for each in dict.fromkeys(cost.networks) if each not in named]  # first match wins
            changes.append((term, " ".join(f"{qualifier}{as_term(network)}" for network in fresh)))
            named.update(fresh)
            count -= 1
        seen.add(term.text.lower())
    if changes and count <= MAX_LOOKUPS:
        summary = f"List your own hosts by address, which leaves {counted(count, 'lookup')}"
        return publish(facts, root, summary, rewritten(record, changes), "improvement")
    most = sorted(root.costs, key=lambda c: c.lookups_before - c.lookups_after)[:2]
    names = " and ".join(f"{c.term.text} ({c.lookups_after - c.lookups_before})" for c in most)
    advice = f"Remove services you no longer use, or move them to a subdomain; most expensive: {names}"
    return decision(advice)


def _is_own(facts: DomainFacts, cost: SpfTermCost) -> bool:
    """Whether a term expands to a few known addresses of the owner's own hosts."""
    if not cost.networks or len(cost.networks) > _FEW or any(lookup.undetermined for lookup in cost.lookups):
        return False
    hosts = {lookup.name for lookup in cost.lookups if lookup.rrtype in ("A", "AAAA")}
    own = all(is_within(host, facts.domain) for host in hosts)
    return own and not any(lookup.chain for lookup in cost.lookups)
