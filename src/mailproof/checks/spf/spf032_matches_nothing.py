"""SPF: term matches no host

## What it checks
The names in `a` and `mx` terms. The rule fires where one leads to no address: it does not exist, has neither
A nor AAAA, has no MX record, or has a null MX.

## Why it matters
The term allows no host, costs a lookup, and is a void lookup, of which receivers tolerate two. A name that
does not exist may also be registered by someone else.

## How to fix
Remove the term, or give the name an address.

## Example
Before:

    acme.example. TXT "v=spf1 a:old.acme.example ip4:192.0.2.10 -all" ; old.acme.example does not exist

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 5.3
- RFC 7208 section 5.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_costs
from mailproof.checks.spf._fixes import publish
from mailproof.checks.spf.spf004_syntax_error import in_name
from mailproof.data.providers import is_providers_include
from mailproof.model import MAX_MX_NAMES, DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm, SpfTermCost
from mailproof.names import is_within
from mailproof.records.spf import rewritten
from mailproof.records.spf.allowed import reach_of
from mailproof.records.spf.words import SPF_NAMES


@declare(
    Severity.WARNING,
    each=own_costs,
    because_of="SPF005 MX001 MX002 MX003 MX005 MX007 MX018 MX019",
    consequence="tidy",
    needs="mx",
)
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    hosts = {host.host for host in facts.mx}
    useless = [cost for cost in node.costs if _is_dead(cost) and not in_name(record, cost.term.start)]
    other = "" if node.domain == facts.domain else facts.domain
    decided = [(cost.term, _intended_term(cost.term, other)) for cost in useless]
    closed = reach_of(node) == "none"
    for cost, (term, meant) in zip(useless, decided, strict=True):
        dead = [lookup for lookup in cost.lookups if lookup.absent]
        # Anyone can register a free name outside the domain.
        foreign = any(
            look.status == "nxdomain" and not is_within((look.name, *look.chain)[-1], facts.domain)
            for look in dead
        )
        what = dead[0].describe() if dead else f"{cost.lookups[0].name} has a null MX"
        if dead and dead[0].chain:
            what += f"; it is an alias of {dead[0].chain[-1]}"
        give = "Correct the MX record" if term.name == "mx" else "Give the name an address"
        summary = f"{f'Write {meant} if that is meant' if meant else give}, or remove the term"
        fix = publish(facts, node, summary, rewritten(record, decided), "decision")
        value = term.value.lower()
        host = term.name == "mx" and value in hosts
        record_name = value.startswith(SPF_NAMES) or is_providers_include(value)
        if host or record_name:
            meant = f"{term.qualifier.strip('+')}{'a' if host else 'include'}:{value}"
            fix = publish(facts, node, f"Write {meant}", rewritten(record, ((term, meant),)))
        report(
            f"{term.text} in the SPF record of {node.domain} matches no host ({what}).",
            location=at(node, term),
            evidence=tuple(lookup.describe() for lookup in dead[:10]),
            fix=fix,
            severity=None if foreign or closed or record_name else Severity.INFO,
        )


def _intended_term(term: SpfTerm, domain: str) -> str:
    """``mx:acme.example`` for an ``mx`` in a record at another name; "" if not applicable."""
    if not domain or term.value:
        return ""
    return term.text.lower().replace(term.name, f"{term.name}:{domain}", 1)


def _is_dead(cost: SpfTermCost) -> bool:
    if cost.term.name not in ("a", "mx") or cost.networks or not cost.lookups:
        return False
    unknown = any(lookup.undetermined for lookup in cost.lookups)
    return not unknown and len(cost.lookups[0].records) <= MAX_MX_NAMES
