"""The parent zone names other name servers than the zone itself

## What it checks
The name servers that the parent zone (the registry) delegates to, compared with the NS records that the
zone's own servers hold.

## Why it matters
Resolvers begin with the parent's set. A server that only the parent names may no longer hold the zone, so
that some receivers see old records or none; one that only the zone names is hardly asked, and is no help in a
failure.

## How to fix
Give the registrar the same name servers as the NS records of the zone.

## References
- RFC 1034 section 4.2.2
- RFC 1912 section 2.8
"""

from collections.abc import Iterable

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dns._facts import addresses, answer_of, asked, said
from mailproof.model import AuthorityFacts, DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("authority",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = asked(facts)
    delegation = found.delegation
    if delegation is None:
        raise NotApplicable(f"the servers of the zone above {found.zone} are not known")
    if not delegation.names:
        undetermined = delegation.lookup is not None and delegation.lookup.undetermined
        kind = Undetermined if undetermined else NotApplicable
        raise kind(f"the server {delegation.server} of {delegation.parent}: {delegation.reason}")
    own = _own_names(found)
    above = _names(delegation.names)
    if own == above:
        return
    parts = (
        ("only the parent names", sorted(above - own)),
        ("only the zone names", sorted(own - above)),
    )
    differences = " and ".join(f"{words} {', '.join(names)}" for words, names in parts if names)
    report(
        f"{found.zone} and the zone above it, {delegation.parent}, name different servers: {differences}.",
        location=Location(found.zone, "NS"),
        evidence=(
            f"{delegation.parent} (its server {delegation.server}): {', '.join(sorted(above))}",
            f"{found.zone}: {', '.join(sorted(own))}",
        ),
        fix=Fix(f"Have the registrar delegate {found.zone} to {', '.join(sorted(own))}, if these are right"),
    )


def _own_names(found: AuthorityFacts) -> set[str]:
    """The NS records that the zone's own servers hold; those the resolver knows where none of them says."""
    for _, address in addresses(found):
        answer = answer_of(address, found.zone, "NS")
        if answer is not None and said(answer) is not None and answer.lookup.found:
            return _names(answer.lookup.records)
    return _names(found.ns.records)


def _names(records: Iterable[str]) -> set[str]:
    return {record.lower().rstrip(".") for record in records}
