"""Addresses that cannot send over the Internet

## What it checks
Whether the record names private, loopback, link-local, multicast or other unroutable addresses, itself
or through the addresses of a name.

## Why it matters
No receiver ever sees such an address as a client, so the term matches nothing: most likely the inside
address of a host was written in place of the one it is seen with outside.

## How to fix
Write the public address that the host is seen with, or remove the term.

## References
- RFC 6890
- RFC 1918
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_costs
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Fix, Severity
from mailproof.records.networks import parse_network, unroutable
from mailproof.records.spf import without

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for node, record, costs in own_costs(facts, report):
        useless = [c.term for c in costs if c.term.name.startswith("ip") and any(map(_kind, c.networks))]
        for cost in costs:
            bad = {text: kind for text in cost.networks if (kind := _kind(text))}
            if not bad:
                continue
            address, kind = next(iter(bad.items()))
            named = f" stands for {address.partition('/')[0]}, which"
            if cost.term in useless:
                named = ""
                summary = "Write the address seen outside, or remove it"
                fix = publish(facts, node, summary, without(record, useless), "decision")
            else:
                fix = Fix("Give the name its public address, or name the public address by ip4 or ip6")
            report(
                f"{cost.term.text} in the SPF record of {node.domain}{named} is {kind}: no "
                "receiver ever sees "
                "a client with such an address.",
                location=at(node, cost.term),
                evidence=tuple(f"{network}: {why}" for network, why in bad.items()),
                fix=fix,
            )


def _kind(text: str) -> str:
    network = parse_network(text)
    return unroutable(network) if network is not None else ""
