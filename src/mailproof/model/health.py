"""The health of the DNS that a domain's mail depends on: DNSSEC, name servers, wildcards, aliases, CAA."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

ZoneState = Literal["signed", "insecure", "bogus", "mixed", "unknown"]


class DelegationKey(Struct, frozen=True):
    """A DS record: ``matches`` is the tag of the DNSKEY whose digest it is, None if there is none.

    ``checked`` is False, and ``matches`` meaningless, if the DNSKEYs could not be looked up or the digest
    type is unknown.
    """

    text: str
    key_tag: int
    algorithm: int
    digest_type: int
    checked: bool = False
    matches: int | None = None


class ZoneKey(Struct, frozen=True):
    """A DNSKEY record: its tag (RFC 4034 appendix B), algorithm, and whether it is a secure entry point."""

    key_tag: int
    algorithm: int
    entry_point: bool


class ZoneSecurity(Struct, frozen=True):
    """The DNSSEC state of a zone that mail depends on (RFC 4035 section 4.3), as the resolver reports it.

    ``role`` is ``domain`` for the zone of the domain, ``mx`` for a zone with mail hosts (``hosts``).
    ``unknown``: the resolver does not validate, or the lookups failed (``failed`` is one of them).
    ``names`` are the lookups in the zone that show the state; ``reason`` says why it is bogus.
    """

    zone: str
    role: Literal["domain", "mx"]
    state: ZoneState
    reason: str = ""
    hosts: tuple[str, ...] = ()
    ds: Lookup | None = None
    dnskey: Lookup | None = None
    delegations: tuple[DelegationKey, ...] = ()
    keys: tuple[ZoneKey, ...] = ()
    names: tuple[Lookup, ...] = ()
    failed: Lookup | None = None


class ServerAnswer(Struct, frozen=True):
    """One name server's answer to a direct query. See Lookup; ``authoritative`` is the AA bit."""

    lookup: Lookup
    authoritative: bool = False
    referral: bool = False
    reached: bool = True


class ServerAddress(Struct, frozen=True):
    """An address of a name server and its answers; ``skipped`` says why it was not queried."""

    address: str
    answers: tuple[ServerAnswer, ...] = ()
    skipped: str = ""


class NameServer(Struct, frozen=True):
    """A name server of the zone, its lookups and addresses."""

    host: str
    a: Lookup
    aaaa: Lookup
    addresses: tuple[ServerAddress, ...] = ()


class DelegationFacts(Struct, frozen=True):
    """The parent zone's delegation of the zone (RFC 1034 section 4.2.2).

    ``lookup`` is the query to the parent's server at ``server``; ``names`` are the servers it refers to,
    empty if it gave no referral (``reason`` says why).
    """

    parent: str
    server: str = ""
    names: tuple[str, ...] = ()
    lookup: Lookup | None = None
    reason: str = ""


class AuthorityFacts(Struct, frozen=True):
    """The authoritative servers of the domain's zone. ``asked``: each was queried directly.

    ``reason`` says why they were not. ``delegation`` is what the parent zone's servers say, if queried.
    """

    zone: str
    ns: Lookup
    servers: tuple[NameServer, ...] = ()
    asked: bool = False
    reason: str = ""
    delegation: DelegationFacts | None = None


class AliasFacts(Struct, frozen=True):
    """A name that is an alias. ``cname`` is the lookup of the CNAME itself, ``target`` one that follows it.

    ``beside`` are other records at the name, which must not exist beside a CNAME. If the end of the chain
    does not exist, ``missing_from`` is the topmost of it and its ancestors that does not; ``service`` the
    service on which anyone can claim the name (empty: none known); ``registrable`` whether the domain itself
    is gone.
    """

    name: str
    cname: Lookup
    target: Lookup
    beside: tuple[Lookup, ...] = ()
    missing_from: str = ""
    service: str = ""
    registrable: bool = False


class CaaFacts(Struct, frozen=True):
    """The CAA records that apply to a host (RFC 8659 section 3): where they are and what they say.

    ``used``: the host is in use, since its name or the MTA-STS record exists. ``lookups`` are all steps up.
    """

    host: str
    used: bool
    found_at: str = ""
    records: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = ()


class HealthFacts(Struct, frozen=True):
    """Traps in the DNS of a domain. ``wildcard`` are the lookups of a name that is not published.

    ``services_date`` is the date of the list of services whose names can be taken over.
    """

    wildcard_name: str
    wildcard: tuple[Lookup, ...]
    aliases: tuple[AliasFacts, ...] = ()
    asked: tuple[Lookup, ...] = ()
    caa: CaaFacts | None = None
    services_date: str = ""
