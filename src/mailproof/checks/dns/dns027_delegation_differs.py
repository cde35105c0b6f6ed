"""DNS: delegation differs from the zone's NS records

## What it checks
The name servers to which the parent zone (the registry) delegates, compared with the NS records on the
zone's own servers.

## Why it matters
Resolvers begin with the parent's set. A server that only the parent lists may no longer have the zone, so
that some receivers see old records or none. One that only the zone lists is hardly asked, and doesn't help
in an outage.

## How to fix
Give the registrar the same name servers as in the NS records of the zone.

## Example
Before:

    parent zone:  acme.example. NS ns1.acme.example, ns9.old.example
    acme.example: acme.example. NS ns1.acme.example, ns2.esp.example

After:

    parent zone:  acme.example. NS ns1.acme.example, ns2.esp.example
    acme.example: acme.example. NS ns1.acme.example, ns2.esp.example

## References
- RFC 1034 section 4.2.2
- RFC 1912 section 2.8
"""

from collections.abc import Iterable

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare, required
from mailproof.checks.dns._facts import answers, asked, said
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.WARNING, asked, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    delegation = required(found.delegation, f"the name servers of the zone above {found.zone} are unknown")
    if not delegation.names:
        undetermined = delegation.lookup is not None and delegation.lookup.undetermined
        kind = Undetermined if undetermined else NotApplicable
        who = f"the server {delegation.server} of {delegation.parent}: " if delegation.server else ""
        raise kind(f"{who}{delegation.reason}")
    own = _own_names(found)
    above = _names(delegation.names)
    if own == above:
        return
    parts = (("only the parent lists", sorted(above - own)), ("only the zone lists", sorted(own - above)))
    differences = " and ".join(f"{words} {', '.join(names)}" for words, names in parts if names)
    report(
        f"{found.zone} and its parent zone {delegation.parent} list different name servers: {differences}.",
        location=Location(found.zone, "NS"),
        evidence=(
            f"{delegation.parent} (name server {delegation.server}): {', '.join(sorted(above))}",
            f"{found.zone}: {', '.join(sorted(own))}",
        ),
        fix=f"If these are right, have the registrar delegate {found.zone} to {', '.join(sorted(own))}.",
    )


def _own_names(found: AuthorityFacts) -> set[str]:
    """The NS records on the zone's own servers, or the resolver's if none of them answers."""
    for _, _, answer in answers(found, "NS"):
        if said(answer) is not None and answer.lookup.found:
            return _names(answer.lookup.records)
    return _names(found.ns.records)


def _names(records: Iterable[str]) -> set[str]:
    return {record.lower().rstrip(".") for record in records}
