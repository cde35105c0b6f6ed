"""DNS: name servers list different NS records

## What it checks
The NS records on each authoritative server, compared with those on the others.

## Why it matters
Resolvers follow now one set, now the other. A server that only one of them lists serves part of the world,
often with an old version of the zone.

## How to fix
Publish the same NS records on all servers and at the registrar.

## Example
Before:

    ns1.acme.example: NS ns1.acme.example, ns2.esp.example
    ns2.esp.example:  NS ns1.acme.example, ns9.old.example

After:

    ns1.acme.example: NS ns1.acme.example, ns2.esp.example
    ns2.esp.example:  NS ns1.acme.example, ns2.esp.example

## References
- RFC 1034 section 4.2.2
- RFC 1912 section 2.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import answers, asked, said
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.WARNING, asked, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    sets: dict[tuple[str, ...], list[str]] = {}
    for host, address, answer in answers(found, "NS"):
        words = said(answer)
        if words is not None:
            sets.setdefault(words, []).append(f"{host} ({address.address})")
    if len(sets) > 1:
        report(
            f"The name servers of {found.zone} list {len(sets)} different sets of NS records.",
            location=Location(found.zone, "NS"),
            evidence=tuple(f"{', '.join(servers)}: {', '.join(words)}" for words, servers in sets.items()),
            fix="Publish the same NS records on all servers and at the registrar.",
        )
