"""DANE facts of a domain's mail hosts (RFC 6698, RFC 7671, RFC 7672)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup, Secure

TlsaProblemCode = Literal["syntax", "usage", "pkix-usage", "selector", "matching", "length", "data"]

#: ``absent``: no TLSA; ``failed``: the lookup failed; ``insecure``: not signed with DNSSEC, so it does not
#: count; ``unknown``: could not check whether it is signed; ``unusable``: no record that a mail sender can
#: use; ``untested``: no certificate was seen; ``no-tls``: the host did not offer TLS.
DaneState = Literal[
    "absent", "failed", "insecure", "unknown", "unusable", "untested", "no-tls", "matched", "mismatched"
]


class TlsaProblem(Struct, frozen=True):
    """A fault in a TLSA record, and where in it. ``fatal``: no mail sender can use the record."""

    code: TlsaProblemCode
    text: str
    start: int = 0
    end: int = 0
    fatal: bool = True


class TlsaRecord(Struct, frozen=True):
    """A TLSA record (RFC 6698 section 2). Missing numbers are -1; ``data`` is lower-case hex.

    ``usage`` 2 is DANE-TA and 3 DANE-EE; ``selector`` 0 the whole certificate and 1 its public key;
    ``matching`` 0 the data itself, 1 its SHA-256, 2 its SHA-512.
    """

    text: str
    usage: int = -1
    selector: int = -1
    matching: int = -1
    data: str = ""
    problems: tuple[TlsaProblem, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether a sender of mail can use it (RFC 7672 section 3.1)."""
        return not any(problem.fatal for problem in self.problems)

    @property
    def parameters(self) -> str:
        """Like ``3 1 1``."""
        return f"{self.usage} {self.selector} {self.matching}"


class TlsaMatch(Struct, frozen=True):
    """Which records the certificate at one address matches (``records`` are indexes).

    ``reasons`` say why records that match the chain still don't authenticate it (a wrong name or an
    expired certificate under DANE-TA).
    """

    address: str
    records: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


class DaneHostFacts(Struct, frozen=True):
    """One MX host.

    ``tlsa`` is the lookup that counts, at ``base``; if the host is an alias, ``other`` is the one at the
    name that does not count (RFC 7672 section 2.2.3). ``address_secure`` is the DNSSEC state of the host's
    addresses: unless it is ``yes``, senders do not look for TLSA at all.
    """

    host: str
    base: str
    tlsa: Lookup
    other: Lookup | None = None
    address_secure: Secure = "unknown"
    records: tuple[TlsaRecord, ...] = ()
    matches: tuple[TlsaMatch, ...] = ()
    state: DaneState = "absent"


class DaneFacts(Struct, frozen=True):
    """DANE of all the hosts. ``mx_secure`` is the DNSSEC state of the MX records.

    ``misplaced``: if no host has TLSA records, the lookups of names without host or port that have, or may
    have, some.
    """

    mx_secure: Secure = "unknown"
    hosts: tuple[DaneHostFacts, ...] = ()
    misplaced: tuple[Lookup, ...] = ()
