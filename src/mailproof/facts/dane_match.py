"""Matches certificates with TLSA records (RFC 6698 section 2.1, RFC 7671 section 5, RFC 7672 section 3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailproof.mail.tls import certificate_facts
from mailproof.model import TlsaMatch, TlsaRecord
from mailproof.records.hostnames import name_matches
from mailproof.tls_context import without_warnings

_HASHES = {1: hashlib.sha256, 2: hashlib.sha512}


@without_warnings()
def match(
    address: str, records: Sequence[TlsaRecord], chain: Sequence[bytes], hosts: Sequence[str], now: datetime
) -> TlsaMatch:
    """Which records the chain (DER, leaf first) matches.

    ``hosts`` are the names that DANE-TA accepts in the leaf: the TLSA base domain and the MX host.
    """
    certificates = _load(chain)
    if not certificates:
        return TlsaMatch(address, (), ("the host sent no certificate that can be read",))
    satisfied: list[int] = []
    reasons: list[str] = []
    for index, record in enumerate(records):
        if not record.usable:
            continue
        if record.usage == 3:
            if _is(record, certificates[0]):
                satisfied.append(index)
            elif any(_is(record, certificate) for certificate in certificates[1:]):
                reasons.append(
                    f"{record.parameters} is for the host's own certificate (usage 3), but its data is that "
                    "of a CA certificate (usage 2 is for those)"
                )
            continue
        problem = _anchored(record, certificates, hosts, now)
        if problem is None:
            satisfied.append(index)
        elif problem:
            reasons.append(f"{record.parameters}: {problem}")
    return TlsaMatch(address, tuple(satisfied), tuple(dict.fromkeys(reasons)))


def _load(chain: Sequence[bytes]) -> list[x509.Certificate]:
    certificates: list[x509.Certificate] = []
    for der in chain:
        try:
            certificates.append(x509.load_der_x509_certificate(der))
        except (ValueError, x509.InvalidVersion):
            break
    return certificates


def _is(record: TlsaRecord, certificate: x509.Certificate) -> bool:
    """Whether the record's data is that of this certificate, by selector and matching type."""
    try:
        if record.selector == 1:
            held = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            held = certificate.public_bytes(Encoding.DER)
    except (UnsupportedAlgorithm, ValueError):
        return False
    digest = _HASHES.get(record.matching)
    return (digest(held).hexdigest() if digest else held.hex()) == record.data


def _anchored(
    record: TlsaRecord, certificates: list[x509.Certificate], hosts: Sequence[str], now: datetime
) -> str | None:
    """None if the anchor authenticates the leaf; else why not, or "" if the anchor was not found."""
    path = _path(certificates)
    pool = certificates[1:]
    anchor = next((certificate for certificate in pool if _is(record, certificate)), None)
    if anchor is None and record.selector == 0 and record.matching == 0:
        given = _load((bytes.fromhex(record.data),))
        anchor = given[0] if given and _issued(path[-1], given[0]) else None
        path = [*path, anchor] if anchor is not None else path
    if anchor is None:
        if _is(record, certificates[0]):
            return "its data is that of the host's own certificate (usage 3 is for those)"
        return ""
    if anchor not in path:
        return "the host sends the CA certificate it names, but that CA did not sign the host's certificate"
    leaf = certificate_facts(certificates[0].public_bytes(Encoding.DER), now)
    if leaf is None or not any(name_matches(leaf.names, host) for host in hosts):
        return f"the certificate is not for {hosts[0]}, which usage 2 requires"
    moment = now.astimezone(UTC)
    for certificate in path[: path.index(anchor) + 1]:
        if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
            return "a certificate of the chain has expired or is not yet valid, which usage 2 does not allow"
    return None


def _path(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """The path from the leaf up, as far as the certificates sent allow."""
    path = [certificates[0]]
    left = certificates[1:]
    while True:
        above = next((each for each in left if _issued(path[-1], each)), None)
        if above is None:
            return path
        path.append(above)
        left.remove(above)


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
