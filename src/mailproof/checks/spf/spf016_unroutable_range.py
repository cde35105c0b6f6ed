"""SPF: addresses not routable on the Internet

## What it checks
The addresses that the record allows, itself or through a host name. The rule fires on private, loopback,
link-local, multicast and other addresses that can't be routed on the Internet.

## Why it matters
No receiver will ever see such an address as a client, so the term matches nothing. Usually the internal
address of a host was entered instead of its public one.

## How to fix
Replace it with the host's public address, or remove the term.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:10.1.0.0/16 -all"

After:

    acme.example. TXT "v=spf1 ip4:198.51.100.0/24 -all"

## References
- RFC 6890
- RFC 1918
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_costs
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Fix, Severity, SpfNode, SpfRecord
from mailproof.records.networks import why_unroutable
from mailproof.records.spf import without


@declare(Severity.WARNING, each=own_costs, because_of="MX008")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    found = [
        (cost, {each: kind for each in cost.networks if (kind := why_unroutable(each))})
        for cost in node.costs
    ]
    useless = [cost.term for cost, bad in found if bad and cost.term.name.startswith("ip")]
    for cost, bad in found:
        if not bad:
            continue
        address, kind = next(iter(bad.items()))
        named = f" expands to {address.partition('/')[0]}, which"
        if cost.term in useless:
            named = ""
            summary = "Replace it with the public address, or remove it"
            fix = publish(facts, node, summary, without(record, useless), "decision")
        else:
            fix = Fix("Give the name its public address, or list that address with ip4 or ip6")
        report(
            f"{cost.term.text} in the SPF record of {node.domain}{named} is {kind}: no receiver will "
            "ever see a client with such an address.",
            location=at(node, cost.term),
            evidence=tuple(f"{network}: {why}" for network, why in bad.items()),
            fix=fix,
        )
