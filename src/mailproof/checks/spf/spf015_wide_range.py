"""SPF: address range too wide

## What it checks
The prefix lengths in `ip4`, `ip6`, `a` and `mx` terms that allow or are neutral. The rule fires on more than
65,536 IPv4 addresses (wider than /16) or more than an IPv6 provider's whole allocation (wider than /32).

It is an error where everyone may send: a prefix length of 0, an `exists` of a name that has an address and
is the same for every client, a name that the sender chooses (`a:%{h}`, with the macros h, l and p at its
end), or terms that together allow half of all IPv4 addresses or more.

## Why it matters
Every host in the range may send for the domain, and most of them are very likely not yours. A wide range is
often a typo in the prefix length. Receivers that rate records count it against the domain (Gmail's 4.7.24).

## How to fix
List the hosts that send, or the range that is yours.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/6 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/26 -all"

## References
- RFC 7208 section 5.6
- RFC 7208 section 5.7
- RFC 7208 section 11.4
"""

import re

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import Records, all_nodes, at, own_costs, widest
from mailproof.model import DomainFacts, Severity
from mailproof.records.networks import why_unroutable
from mailproof.records.spf.allowed import evaluable, matched_by, matches_everyone, most_pass, partition_of

#: A name that ends in what the sender says of itself: its HELO name, its local part, the name of its address.
_CHOSEN = re.compile(r"%\{[hlp][0-9]*r?[-.+,/_=]*\}\Z", re.IGNORECASE)


@declare(Severity.WARNING, own_costs, consequence="forged")
def check(facts: DomainFacts, every: Records, report: Reporter) -> None:
    ends = [node.record.all_term for node in all_nodes(facts) if node.record]
    everyone = any(end is not None and end.qualifier == "+" for end in ends)  # SPF006 and SPF031 report that
    for node, record in every:
        end = record.all_term
        for cost in node.costs:
            term = cost.term
            prefix, bits = widest(term)
            if term.qualifier not in "+?" or (end is not None and term.start > end.start):
                continue
            if prefix and cost.networks and all(map(why_unroutable, cost.networks)):
                continue  # SPF016 reports it
            advice = "Remove it, and list the sending hosts"
            if term.kind == "mechanism" and term.qualifier == "+" and _CHOSEN.search(term.value):
                what = "every host in the world: the sender chooses the name"
            elif matches_everyone(cost) and term.qualifier == "+":
                what = f"every host in the world: {cost.lookups[0].name} has an address, whoever sends"
            elif prefix is not None:
                what = f"2^{bits - prefix} addresses" if prefix else f"every IPv{4 if bits == 32 else 6} host"
                advice = f"List the sending hosts, or your own range, instead of /{prefix}"
            else:
                continue
            everyone = everyone or not prefix
            report(
                f"{term.text} in the SPF record of {node.domain} allows {what}.",
                location=at(node, term),
                fix=decision(advice),
                severity=None if prefix else Severity.ERROR,
            )
    root = all_nodes(facts)[0]
    if not everyone and evaluable(root) and (family := most_pass(root)):
        count, _ = partition_of(root).passing.counts
        passing = (cost for cost in root.costs if cost.term.qualifier == "+" and cost.term.name != "all")
        widest_cost = max(passing, key=lambda cost: matched_by(root, cost)[0].counts, default=root.costs[0])
        most = f", most of them by {widest_cost.term.text}" if widest_cost.child is not None else ""
        ipv4 = f"{count:,} of the 4,294,967,296 IPv4 addresses"
        what = ipv4 if family == "IPv4" else "half of the public IPv6 addresses or more"
        report(
            f"The SPF record of {root.domain} allows {what}{most}.",
            location=at(root, widest_cost.term if most else None),
            fix=decision("List the sending hosts alone"),
            severity=Severity.ERROR,
        )
