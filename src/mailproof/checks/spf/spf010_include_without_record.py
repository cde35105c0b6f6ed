"""SPF: include of a domain without an SPF record

## What it checks
Each `include` in the record, and in the records it includes. The rule fires where the domain it names has no
SPF record.

## Why it matters
An `include` of a domain without a record makes the whole record a `permerror`. Where that domain does not
exist at all, whoever registers it decides who may send for yours.

## How to fix
Correct the name, or remove the `include` if the service is no longer used. Where the name is one slip away
from that of a known provider (`_spf-google.com`), the report has the right one.

## Example
Before:

    acme.example. TXT "v=spf1 include:esp.example include:gone.example -all" ; gone.example does not exist

After:

    acme.example. TXT "v=spf1 include:esp.example -all"

## References
- RFC 7208 section 5.2
"""

from collections.abc import Iterator

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import Links, at, links
from mailproof.checks.spf._fixes import publish
from mailproof.checks.spf.spf004_syntax_error import in_name
from mailproof.data.providers import meant_include, provider_at
from mailproof.model import DomainFacts, Fix, Severity, SpfNode, SpfRecord, SpfTerm, SpfTermCost
from mailproof.names import is_within
from mailproof.records.hostnames import is_full_name
from mailproof.records.spf import rewritten, without
from mailproof.records.spf.words import is_plausible_name


@declare(Severity.ERROR, links, needs="mx")
def check(facts: DomainFacts, found: Links, report: Reporter) -> None:
    for node, record, cost, child in leading_nowhere("include", found):
        includes = (cost for cost in node.costs if cost.term.name == "include")
        dead = [each.term for each in includes if each.child and each.child.status == "none"]
        summary = "Correct the name, or remove the include"
        fix = publish(facts, node, summary, without(record, dead), "decision")
        report(
            f"{cost.term.text} in the SPF record of {node.domain} causes permerror: {child.reason}."
            f"{risk_of(facts, child)}",
            location=at(node, cost.term),
            evidence=(child.lookup.describe(),) if child.lookup else (),
            fix=right_name(facts, node, record, dead) or fix,
        )


def leading_nowhere(name: str, found: Links) -> Iterator[tuple[SpfNode, SpfRecord, SpfTermCost, SpfNode]]:
    """Yield terms of this name without a record, except those with a syntax error in the name (SPF004)."""
    for node, cost, child in found:
        if cost.term.name != name or child.status != "none" or node.record is None:
            continue
        if not in_name(node.record, cost.term.start):
            yield node, node.record, cost, child


def risk_of(facts: DomainFacts, child: SpfNode) -> str:
    """The risk that someone registers a nonexistent name, in words; else ""."""
    gone = child.lookup is not None and child.lookup.status == "nxdomain" and is_plausible_name(child.domain)
    target = (child.domain, *(child.lookup.chain if child.lookup is not None else ()))[-1]
    gone = gone and not is_within(target, facts.domain)
    return " If the name is free, whoever registers it can send as your domain." if gone else ""


def right_name(facts: DomainFacts, node: SpfNode, record: SpfRecord, dead: list[SpfTerm]) -> Fix | None:
    """The record with the intended names, and ``a`` for mail hosts; words if some are unknown."""
    hosts = {host.host for host in facts.mx}
    changes = []
    for term in dead:
        value = term.value.lower()
        name = meant_include(value) or _without_domain(value, facts.domain)
        start = term.text[: len(term.text) - len(term.value)]
        if term.name == "include" and value in hosts:
            changes.append((term, f"{start.lower().replace('include', 'a')}{value}"))
        elif name and name != value:
            changes.append((term, start + name))
    if not changes:
        return None
    right = " and ".join(dict.fromkeys(text for _, text in changes))
    text = rewritten(record, changes) if len(changes) == len(dead) else None
    return publish(facts, node, f"Write {right}", text)


def _without_domain(name: str, domain: str) -> str:
    """The name without an appended domain, if it is a provider's or has more labels than a subdomain."""
    bare = name.removesuffix(f".{domain}")
    long = bare.count(".") > 1 or provider_at(bare, "spf") != ""
    return bare if bare != name and long and is_full_name(bare) else ""
