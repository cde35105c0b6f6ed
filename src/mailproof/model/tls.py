"""Certificates and TLS connections as seen, for any protocol."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Instant


class CertificateFacts(Struct, frozen=True):
    """One certificate of a chain, leaf first. Times are in UTC; ``days_left`` counts from the probe.

    ``sha256`` is that of the whole certificate, ``spki_sha256`` that of its public key (DANE's ``x 1 1``).
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: Instant
    not_after: Instant
    days_left: int
    key: str = ""
    signature: str = ""
    sha256: str = ""
    spki_sha256: str = ""


StrictFaultCode = Literal[
    "not-marked-as-authority",
    "basic-constraints-not-critical",
    "key-usage-missing",
    "key-usage-of-an-authority",
    "issuer-empty",
    "subject-empty",
    "names-not-critical",
    "names-empty",
    "authority-key-identifier-missing",
    "subject-key-identifier-missing",
    "old-version",
]


class StrictFault(Struct, frozen=True):
    """A violation of RFC 5280 in a certificate of a chain that verifies: strict programs refuse it.

    ``certificate`` is its subject; ``root``: it is the root of the chain.
    """

    code: StrictFaultCode
    text: str
    certificate: str
    root: bool = False

    def describe(self) -> str:
        """One line, without a full stop."""
        return f"{'root ' if self.root else ''}{self.certificate or 'without a subject'}: {self.text}"


class TlsFacts(Struct, frozen=True):
    """The parameters of a TLS connection. ``verified`` is None if verification was switched off.

    ``strict_faults`` is empty if the chain passes strict verification too, and None if that was not
    checked: it does not verify at all, or can't be parsed.
    """

    version: str = ""
    cipher: str = ""
    bits: int = 0
    verified: bool | None = None
    verification_off: bool = False
    problem: str = ""
    problem_code: str = ""
    chain: tuple[CertificateFacts, ...] = ()
    strict_faults: tuple[StrictFault, ...] | None = None
