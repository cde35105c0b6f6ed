"""Shared by the DANE rules: the hosts to check, locations, records to publish, guards for unknown facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailproof.checks.base import NotApplicable, Reporter, answered, required, some
from mailproof.checks.ownership import is_owned
from mailproof.model import (
    DaneFacts,
    DaneHostFacts,
    DomainFacts,
    Fix,
    FixKind,
    FixRecord,
    Location,
    TlsaRecord,
)
from mailproof.records.tlsa import publishable

#: The states of a host whose records senders obey.
IN_FORCE = ("untested", "no-tls", "matched", "mismatched")


def dane(facts: DomainFacts) -> DaneFacts:
    """The facts of a domain with mail hosts. Raises NotApplicable without hosts, Undetermined without MX."""
    found = required(facts.dane, "TLSA was not looked up")
    answered(facts.mx_lookup)
    some(found.hosts, "no mail host")
    return found


def with_records(facts: DomainFacts, report: Reporter) -> tuple[DaneHostFacts, ...]:
    """The hosts with TLSA records. Reports failed lookups as unknown if senders would make them too.

    Raises NotApplicable if no host has a record.
    """
    for host in dane(facts).hosts:
        if host.tlsa.undetermined and host.address_secure != "no":  # without DNSSEC no sender looks it up
            report.unanswered(host.tlsa)
    return some((host for host in dane(facts).hosts if host.tlsa.found), "no mail host has TLSA records")


def in_force(hosts: Iterable[DaneHostFacts]) -> tuple[DaneHostFacts, ...]:
    """Those whose records senders obey. Raises NotApplicable if there are none."""
    obeyed = (host for host in hosts if host.state in IN_FORCE)
    return some(obeyed, "no TLSA records of the mail hosts are known to be in force")


def broken(
    hosts: Iterable[DaneHostFacts], *codes: str
) -> Iterator[tuple[DaneHostFacts, TlsaRecord, str, Location]]:
    """Yield each record with one of these problems: its host, the record, the problem, its location."""
    for host in hosts:
        for record in host.records:
            for problem in record.problems:
                if problem.code in codes:
                    where = Location(tlsa_name(host), "TLSA", record.text, problem.start, problem.end)
                    yield host, record, problem.text, where


def tlsa_name(host: DaneHostFacts) -> str:
    """The name of the TLSA records."""
    return f"_25._tcp.{host.base}"


def record_location(host: DaneHostFacts, record: TlsaRecord | None = None) -> Location:
    """A whole record, or the name where it should be."""
    if record is None:
        return Location(tlsa_name(host), "TLSA")
    return Location(tlsa_name(host), "TLSA", record.text, 0, len(record.text))


def records_for_keys(facts: DomainFacts, host: DaneHostFacts) -> tuple[FixRecord, ...]:
    """``3 1 1`` records for the keys that the host presented."""
    if facts.transport is None:
        return ()
    keys = dict.fromkeys(
        each.tls.chain[0].spki_sha256
        for each in facts.transport.connections
        if each.host == host.host and each.tls is not None and each.tls.chain
    )
    return tuple(FixRecord(tlsa_name(host), "TLSA", f"3 1 1 {key}") for key in keys if key)


def published(
    facts: DomainFacts, host: DaneHostFacts, summary: str, records: tuple[FixRecord, ...], kind: FixKind
) -> Fix:
    """A fix of the host's records: words if they are in another's zone, or the new ones are unusable."""
    if not is_owned(facts.domain, host.base):
        return Fix(f"Ask the owner of {host.base}: {summary[0].lower()}{summary[1:]}", kind=kind)
    if not all(publishable(each.value) for each in records if each.action == "publish"):
        return Fix(summary, kind=kind)  # an unusable record must not replace anything
    return Fix(summary, records, kind)


def removals(host: DaneHostFacts, *records: TlsaRecord) -> tuple[FixRecord, ...]:
    """The removal of these records."""
    return tuple(FixRecord(tlsa_name(host), "TLSA", record.text, action="remove") for record in records)


def replacement_fix(facts: DomainFacts, host: DaneHostFacts, record: TlsaRecord) -> Fix:
    """A fix for an unusable record: remove it if another is usable, else replace it by the host's key.

    Senders start to enforce DANE with the first usable record, so that is a decision of the owner.
    """
    removed = removals(host, record)
    if any(other.usable for other in host.records):
        return published(facts, host, "Remove the record: others are usable", removed, "improvement")
    summary = "Replace it with 3 1 1 and the SHA-256 of the host's public key"
    keys = records_for_keys(facts, host)
    return published(facts, host, summary, (*removed, *keys) if keys else (), "decision")


def certificate_seen(facts: DomainFacts, report: Reporter, host: DaneHostFacts) -> bool:
    """Whether a certificate of the host was seen. Raises NotApplicable if no connection was made."""
    if host.matches or host.state == "no-tls":
        return True
    transport = facts.transport
    if transport is None or not transport.connected:
        raise NotApplicable(transport.reason if transport is not None else "no connections were made")
    tried = [each for each in transport.connections if each.host == host.host]
    why = next((each.reason for each in tried if each.reason), "no connection was made")
    report.unknown(f"the certificate of {host.host} was not seen: {why}")
    return False
