"""Shared by the MX rules: the hosts to check, their locations, and guards for unknown facts."""

from __future__ import annotations

from typing import Literal, TypeGuard

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, answered, required, some
from mailproof.checks.spf._facts import spf_of
from mailproof.model import (
    AddressFacts,
    DomainFacts,
    Fix,
    FixKind,
    FixRecord,
    Location,
    Lookup,
    MxHostFacts,
    SendingHostFacts,
)
from mailproof.records.misplaced import undoubled
from mailproof.records.mx_host import read_exchange
from mailproof.records.networks import why_unroutable
from mailproof.records.spf.allowed import reach_of


def hosts(facts: DomainFacts) -> tuple[MxHostFacts, ...]:
    """The domain's MX hosts, including an implicit one. Raises Undetermined if the lookup failed."""
    answered(required(facts.mx_lookup, "MX was not looked up"))
    return facts.mx


def hosts_with_names(facts: DomainFacts) -> tuple[MxHostFacts, ...]:
    """The hosts named by actual MX records, without null MX, IP addresses and duplicates."""
    named: dict[str, MxHostFacts] = {}
    for host in hosts(facts):
        if host.host != "." and not host.implicit and not address_in(facts, host):
            named.setdefault(host.host, host)
    return tuple(named.values())


def address_in(facts: DomainFacts, host: MxHostFacts) -> str:
    """The IP address in an MX record instead of a host name, with or without the domain appended; or ""."""
    if host.implicit:
        return ""
    found = read_exchange(host.host, facts.domain)
    # A host may be named after its address; a wildcard gives others an address, too.
    named = found.meant in [each.address for each in host.addresses]
    return found.meant if found.kind == "address" and not named else ""


def intended_name(facts: DomainFacts, host: MxHostFacts) -> str:
    """The name without the appended domain, if that is a host or ends in the domain itself."""
    if (host.addresses and not host.meant) or not is_host_name(facts, host):
        return ""  # MX019 covers anything that is not a host name
    shorter = host.meant if host.meant and host.host.startswith(f"{host.meant}.") else ""
    return undoubled(host.host, facts.domain) or shorter


def is_host_name(facts: DomainFacts, host: MxHostFacts) -> bool:
    """Whether a host can have the name, so that MX019 has nothing to say but of its characters."""
    return read_exchange(host.host, facts.domain).kind in ("host", "other")


def others_take_mail(facts: DomainFacts, host: MxHostFacts) -> bool:
    """Whether the domain has another mail host with a public address."""
    return any(
        other.host != host.host and not all(why_unroutable(each.address) for each in other.addresses)
        for other in hosts(facts)
    )


def sending_hosts(facts: DomainFacts) -> tuple[SendingHostFacts, ...]:
    """The sending hosts. Raises NotApplicable if none were given."""
    return some(facts.sending_hosts, "no sending hosts were given")


def host_addresses(facts: DomainFacts, report: Reporter) -> tuple[tuple[MxHostFacts, AddressFacts], ...]:
    """Each address of the mail hosts, once. Reports failed address lookups.

    A name that is not meant has only the addresses of a wildcard.
    """
    found: dict[str, tuple[MxHostFacts, AddressFacts]] = {}
    for host in hosts(facts):
        if address_in(facts, host) or intended_name(facts, host):
            continue
        report.unanswered(*host.lookups)
        for address in host.addresses:
            found.setdefault(address.address, (host, address))
    return tuple(found.values())


def is_found(pointer: Lookup | None, report: Reporter) -> TypeGuard[Lookup]:
    """Whether there are PTR names to check. Reports the lookup if it failed."""
    report.unanswered(pointer)
    return pointer is not None and pointer.found


def is_confirmed(address: AddressFacts, report: Reporter) -> bool:
    """Whether a PTR name resolves to the address, or may. Reports the failed lookup if that is unknown."""
    if address.confirmed is None:
        failed = next((each for each in address.forward if each.undetermined), None)
        if failed is None:
            report.unknown("the lookup of a PTR name failed")
        report.unanswered(failed)
    return address.confirmed is not False


def one_family(facts: DomainFacts, report: Reporter, missing: Literal["IPv4", "IPv6"], remark: str) -> None:
    """Report if the mail hosts have addresses, but none of the family ``missing``."""
    addresses = [each.address for host in hosts(facts) for each in host.addresses]
    if any((":" in address) == (missing == "IPv6") for address in addresses):
        return
    failed = tuple(lookup for host in hosts(facts) for lookup in host.lookups if lookup.undetermined)
    # Without any address, a family whose lookup failed may be the only one.
    deciding = [each for each in failed if not addresses or (each.rrtype == "AAAA") == (missing == "IPv6")]
    if deciding:
        raise Undetermined.of(*deciding)
    if not addresses:
        raise NotApplicable(f"no mail host of {facts.domain} has an address")
    report(
        f"No mail host of {facts.domain} has an {missing} address{remark}.",
        location=Location(facts.domain, "MX"),
        evidence=tuple(dict.fromkeys(addresses))[:10],
    )


def mx_location(facts: DomainFacts, host: MxHostFacts) -> Location:
    """The MX record, pointing at the host name."""
    if host.implicit:
        return Location(facts.domain, "MX")
    record = f"{host.preference} {host.host}"
    return Location(facts.domain, "MX", record, len(record) - len(host.host), len(record))


def remove_mx(facts: DomainFacts, host: MxHostFacts) -> FixRecord:
    """The removal of an MX record."""
    return FixRecord(facts.domain, "MX", f"{host.preference} {_absolute(host.host)}", action="remove")


def replace_mx(
    facts: DomainFacts, host: MxHostFacts, target: str, summary: str, kind: FixKind = "repair"
) -> Fix:
    """A fix that names ``target`` in the MX record, or removes the record if ``target`` has one already."""
    if any(other.host == target for other in facts.mx):
        return Fix(f"Remove it: {target} has an MX record already", (remove_mx(facts, host),), kind)
    new = FixRecord(facts.domain, "MX", f"{host.preference} {_absolute(target)}")
    return Fix(summary, (remove_mx(facts, host), new), kind)


def _absolute(name: str) -> str:
    return name if name == "." else f"{name}."


def names_mx(facts: DomainFacts) -> bool:
    """Whether the domain's SPF record names its MX hosts as senders."""
    record = facts.spf.root.record if facts.spf else None
    return record is not None and any(term.name == "mx" and term.qualifier == "+" for term in record.terms)


def sends_mail(facts: DomainFacts) -> bool:
    """Whether the domain's SPF record allows any host to send. Raises Undetermined if that is unknown."""
    if facts.spf is None:
        return False
    root = spf_of(facts).root
    if root.record is None:
        return False
    reach = reach_of(root)
    if reach == "unknown":
        raise Undetermined.of(*facts.spf.unknown)
    return reach == "someone" or (reach == "permerror" and root.record.names_someone)
