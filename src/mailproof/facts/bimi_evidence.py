"""Parses mark certificates (VMC, CMC), trusts none (draft-fetch-validation-vmc-wchuang, RFC 9399)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from mailproof.facts.http import unpacked
from mailproof.mail.tls import certificate_facts
from mailproof.model import BimiEvidence, CertificateFacts, FetchFacts
from mailproof.records.svg_tiny import MAX_LOGO, inspect_svg
from mailproof.tls_context import without_warnings

MAX_CERTIFICATES = 10
_BEGIN = b"-----BEGIN CERTIFICATE-----"
_BIMI_USAGE, _LOGOTYPE = "1.3.6.1.5.5.7.3.31", "1.3.6.1.5.5.7.1.12"
_MARK_TYPE = "1.3.6.1.4.1.53087.1.13"
_IA5_STRING = 0x16
#: Raised by access to an extension if it, or another one, is missing or malformed.
_UNREADABLE = (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError)


@without_warnings()
def read_evidence(fetched: FetchFacts, pem: bytes, now: datetime) -> BimiEvidence:
    """Parse the evidence document. Never raises, whatever its contents."""
    count = pem.count(_BEGIN)
    if count == 0:
        return BimiEvidence(fetched, problem="it holds no certificate in PEM form")
    if count > MAX_CERTIFICATES:
        return BimiEvidence(fetched, problem=f"it holds more than {MAX_CERTIFICATES} certificates")
    try:
        certificates = x509.load_pem_x509_certificates(pem)
        raw = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
    except (ValueError, TypeError) as error:
        return BimiEvidence(fetched, problem=f"its certificates cannot be read ({str(error)[:100]})")
    read = [certificate_facts(der, now) for der in raw]
    chain: tuple[CertificateFacts, ...] = tuple(each for each in read if each is not None)
    if len(chain) != len(read):
        return BimiEvidence(fetched, problem="one of its certificates cannot be read")
    logo = _logo(certificates[0])
    marks = (
        str(each.value)[:100] for each in certificates[0].subject if each.oid.dotted_string == _MARK_TYPE
    )
    return BimiEvidence(
        fetched,
        chain=chain,
        names=chain[0].names,
        bimi_usage=_has_usage(certificates[0]),
        mark_type=next(marks, ""),
        linked=_linked(certificates),
        logo_sha256=hashlib.sha256(logo).hexdigest() if logo else "",
        logo_problems=tuple(inspect_svg(logo).problems) if logo else (),
    )


def _has_usage(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except _UNREADABLE:
        return False
    return any(oid.dotted_string == _BIMI_USAGE for oid in usage)


def _linked(certificates: Sequence[x509.Certificate]) -> bool | None:
    """Whether each is signed by the next; None if there is only one, or if it cannot be checked."""
    if len(certificates) < 2:
        return None
    try:
        for lower, upper in pairwise(certificates):
            lower.verify_directly_issued_by(upper)
    except (InvalidSignature, ValueError):
        return False
    except (UnsupportedAlgorithm, TypeError):
        return None
    return True


def _logo(certificate: x509.Certificate) -> bytes:
    """The image in the logotype extension, decompressed; empty if it cannot be extracted."""
    try:
        extension = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(_LOGOTYPE)).value
    except _UNREADABLE:
        return b""
    raw = extension.value if isinstance(extension, x509.UnrecognizedExtension) else b""
    start = raw.find(b"data:image/svg+xml")
    if start < 0:
        return b""
    kind, _, packed = _ia5(raw, start).partition(b",")
    if not kind.endswith(b";base64"):
        return b""
    try:
        logo = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return unpacked(logo, MAX_LOGO)


def _ia5(raw: bytes, start: int) -> bytes:
    """The IA5String whose contents begin at ``start``, using the DER length before it."""
    for octets in range(4):
        header = start - 2 - octets
        if header < 0 or raw[header] != _IA5_STRING:
            continue
        first = raw[header + 1]
        if octets == 0 and first < 0x80:
            return raw[start : start + first]
        if octets and first == 0x80 + octets:
            return raw[start : start + int.from_bytes(raw[header + 2 : start], "big")]
    return b""
