"""Certificates and TLS connections as they were seen, of any protocol."""

from __future__ import annotations

from datetime import datetime

from mailproof.frozen import frozen


@frozen
class CertificateFacts:
    """One certificate of a chain, leaf first. Times are in UTC; ``days_left`` counts from the probe.

    ``sha256`` is that of the whole certificate, ``spki_sha256`` that of its public key (DANE's ``x 1 1``).
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    days_left: int
    key: str = ""
    signature: str = ""
    sha256: str = ""
    spki_sha256: str = ""


@frozen
class TlsFacts:
    """What TLS was spoken. ``verified`` is None where verification was switched off."""

    version: str = ""
    cipher: str = ""
    bits: int = 0
    verified: bool | None = None
    verification_off: bool = False
    problem: str = ""
    problem_code: str = ""
    chain: tuple[CertificateFacts, ...] = ()
