"""Shared by the transport rules: the connections to check, their locations, guards for unknown facts."""

from __future__ import annotations

from typing import TypeAlias

from mailproof.checks.base import ImpossibleHere, NotApplicable, Reporter, answered, required, some
from mailproof.grouping import grouped
from mailproof.model import CertificateFacts, DomainFacts, Location, MxConnectionFacts, TlsFacts
from mailproof.records.networks import rrtype_of

BLOCKED = (
    "many clouds and access providers block outgoing port 25, which says nothing about the domain; "
    "run mailproof on a mail server, or with --no-connect"
)


#: The connection, its TLS facts, and the host's own certificate.
Certificates: TypeAlias = tuple[tuple[MxConnectionFacts, TlsFacts, CertificateFacts], ...]


def connections(facts: DomainFacts) -> tuple[MxConnectionFacts, ...]:
    """All planned connections. Raises NotApplicable if there were none."""
    transport = required(facts.transport, "the mail hosts were not checked")
    if not transport.connected:
        raise NotApplicable(transport.reason)
    answered(facts.mx_lookup)
    if not transport.connections:
        for host in facts.mx:
            answered(*host.lookups)
        raise NotApplicable("there is no mail host with an address")
    return transport.connections


def reached(facts: DomainFacts, report: Reporter) -> tuple[MxConnectionFacts, ...]:
    """The same, if any host accepted or refused a connection. Unknown, and none, if none was attempted.

    Raises ImpossibleHere if all were unreachable, as when port 25 is blocked.
    """
    everything = connections(facts)
    if any(each.state in ("answered", "silent", "protocol", "refused") for each in everything):
        return everything
    tried = [each for each in everything if each.state != "skipped"]
    if tried:
        why = f"no mail host can be reached on port 25 from here ({tried[0].reason}): {BLOCKED}"
        raise ImpossibleHere("transport", why)
    report.unknown(everything[0].reason)
    return ()


def greeted(facts: DomainFacts, report: Reporter) -> tuple[MxConnectionFacts, ...]:
    """The connections with a successful SMTP greeting.

    Hosts that are unreachable from here, but not known to be down, are unknown. Raises NotApplicable if no
    host responded, which another rule reports.
    """
    everything = reached(facts, report)
    found = tuple(each for each in everything if each.state == "answered" and each.code < 400)
    heard = {each.host for each in found}
    for host, tried in grouped(everything, lambda each: each.host).items():
        if host not in heard and (why := _unknown(tried)):
            report.unknown(why)
    return some(found, "no mail host answered over SMTP")


def _unknown(tried: list[MxConnectionFacts]) -> str:
    """Why nothing is known about a host; "" if it is known to be down."""
    if all(each.state in ("timeout", "refused", "protocol") for each in tried):
        return ""
    each = next(each for each in tried if each.state not in ("refused", "protocol"))
    return f"{each.place}: {each.reason or f'it greeted with {each.code}'}"


def with_tls(facts: DomainFacts, report: Reporter) -> tuple[tuple[MxConnectionFacts, TlsFacts], ...]:
    """The connections with TLS. Raises NotApplicable if there are none."""
    encrypted = ((each, each.tls) for each in greeted(facts, report) if each.tls is not None)
    return some(encrypted, "no mail host negotiated TLS")


def certificates(facts: DomainFacts, report: Reporter) -> Certificates:
    """The certificates of each host, without duplicates; unknown if one could not be seen."""
    found: dict[tuple[str, str], tuple[MxConnectionFacts, TlsFacts, CertificateFacts]] = {}
    for each, tls in with_tls(facts, report):
        if tls.chain:
            found.setdefault((each.host, tls.chain[0].sha256), (each, tls, tls.chain[0]))
        else:
            report.unknown(f"could not see the certificate of {each.place}: {tls.problem or each.reason}")
    return tuple(found.values())


def pinned(facts: DomainFacts, host: str) -> bool:
    """Whether DANE-EE authenticates the host's certificate, so its name, dates and issuer don't matter."""
    if facts.dane is None:
        return False
    return any(
        each.host == host
        and each.state == "matched"
        and all(any(each.records[i].usage == 3 for i in match.records) for match in each.matches)
        for each in facts.dane.hosts
    )


def location(each: MxConnectionFacts) -> Location:
    """The address record of the connection."""
    return Location(each.host, rrtype_of(each.address), each.address, 0, len(each.address))


def describe(leaf: CertificateFacts) -> tuple[str, ...]:
    """The certificate as lines of evidence."""
    return (
        f"subject {leaf.subject}; issuer {leaf.issuer}",
        f"names {', '.join(leaf.names[:8]) or 'none'}",
        f"valid {leaf.not_before:%Y-%m-%d} to {leaf.not_after:%Y-%m-%d}; {leaf.key}; {leaf.signature}",
    )
