"""Shared by the rules on the DNS itself: guards for unknown facts, and the answers of each server."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import (
    ImpossibleHere,
    NotApplicable,
    Undetermined,
    answered,
    not_cut_off,
    parametrized,
    required,
    some,
)
from mailproof.model import (
    AuthorityFacts,
    DomainFacts,
    HealthFacts,
    Lookup,
    ServerAddress,
    ServerAnswer,
    ZoneSecurity,
)
from mailproof.printable import counted


def zones(facts: DomainFacts) -> tuple[ZoneSecurity, ...]:
    """The zones that mail depends on, beginning with the domain's own."""
    not_cut_off(facts, "dnssec")
    return some(facts.dnssec, "DNSSEC was not checked")


def own_zone(facts: DomainFacts) -> ZoneSecurity:
    """The zone of the domain."""
    return zones(facts)[0]


def zones_of_hosts(facts: DomainFacts) -> tuple[ZoneSecurity, ...]:
    """The zones of mail hosts, other than the domain's own zone."""
    others = zones(facts)[1:]
    if others:
        return others
    answered(facts.mx_lookup)
    raise NotApplicable("all mail hosts are in the domain's own zone, or there are none")


def known(zone: ZoneSecurity) -> ZoneSecurity:
    """Return the zone; raises Undetermined or NotApplicable if its state is unknown."""
    if zone.state != "unknown":
        return zone
    if zone.failed is not None:
        raise Undetermined.of(zone.failed)
    if zone.reason:  # local validation could not be completed
        raise Undetermined(zone.reason)
    source = f"the answers for {zone.zone} come from a source that doesn't validate DNSSEC"
    raise NotApplicable(f"{source} (to validate here, use audit --validate)")


def known_zone(facts: DomainFacts) -> ZoneSecurity:
    """The zone of the domain, if its state is known; see ``known``."""
    return known(own_zone(facts))


def authority(facts: DomainFacts) -> AuthorityFacts:
    """The name servers of the domain's zone. Raises Undetermined if they are unknown."""
    not_cut_off(facts, "authority")
    found = required(facts.authority, "the name servers were not checked")
    answered(found.ns)
    some(found.servers, f"no name servers of {found.zone} are known")
    return found


def asked(facts: DomainFacts) -> AuthorityFacts:
    """The same if the servers were queried directly and at least one responded. Raises NotApplicable."""
    found = authority(facts)
    if not found.asked:
        raise NotApplicable(found.reason)
    if not any(address.answers for _, address in addresses(found)):
        skipped = next((address.skipped for _, address in addresses(found) if address.skipped), "")
        raise NotApplicable(
            f"no name server of {found.zone} has an address to ask ({skipped or 'none known'})"
        )
    if not any(responded(address) for _, address in addresses(found)):
        why = f"no name server of {found.zone} answers when queried directly: outbound port 53 may be closed"
        raise ImpossibleHere("authority", why)
    given = [each for _, address in addresses(found) for each in address.answers if each.lookup.found]
    if given and not any(each.authoritative for each in given):
        why = (
            f"no name server of {found.zone} answers with authority when queried directly: "
            "a resolver on the way (a router's, a VPN's) may answer in their place"
        )
        raise ImpossibleHere("authority", why)
    return found


def addresses(found: AuthorityFacts) -> Iterator[tuple[str, ServerAddress]]:
    """Yield each server's host name and address, including those that were not queried."""
    for server in found.servers:
        for address in server.addresses:
            yield server.host, address


def responded(address: ServerAddress) -> bool:
    """Whether the server responded at all."""
    return any(answer.reached and answer.lookup.status != "timeout" for answer in address.answers)


def answers(found: AuthorityFacts, rrtype: str) -> Iterator[tuple[str, ServerAddress, ServerAnswer]]:
    """Yield each server's host name and address, and its answer for these records of the zone."""
    for host, address in addresses(found):
        for answer in address.answers:
            if (answer.lookup.name, answer.lookup.rrtype) == (found.zone, rrtype):
                yield host, address, answer


def said(answer: ServerAnswer) -> tuple[str, ...] | None:
    """A comparable form of an answer; None if it is not authoritative."""
    lookup = answer.lookup
    if not answer.authoritative or answer.referral or lookup.undetermined:
        return None
    if lookup.chain:
        return "alias of", lookup.chain[0].lower()
    if not lookup.found:
        return ("no record",)
    names = lookup.rrtype in ("MX", "NS")
    return tuple(sorted(record.lower() if names else record for record in lookup.records))


def health(facts: DomainFacts) -> HealthFacts:
    """Wildcards, aliases and CAA."""
    not_cut_off(facts, "health")
    return required(facts.health, "the names below the domain were not checked")


@parametrized
def wildcard(facts: DomainFacts, rrtype: str) -> Lookup:
    """The answer for a nonexistent name. Raises Undetermined if the lookup failed."""
    lookup = next(each for each in health(facts).wildcard if each.rrtype == rrtype)
    answered(lookup)
    return lookup


def shown(zone: ZoneSecurity) -> tuple[str, ...]:
    """The lookups behind the finding, as evidence lines."""
    return tuple(lookup.describe() for lookup in zone.names if "bogus" in (lookup.status, lookup.secure))


def days(seconds: int) -> str:
    """A time to live in words."""
    if seconds < 120:
        return counted(seconds, "second")
    if seconds < 7200:
        return f"{seconds // 60} minutes"
    if seconds < 172800:
        return f"{seconds / 3600:g} hours" if not seconds % 3600 else f"{seconds // 3600} hours"
    return f"{seconds // 86400} days"
