"""TLS: certificate facts, and why a certificate was refused or a handshake failed."""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from mailproof.config.settings import ServerSettings
from mailproof.dns.text import to_ascii
from mailproof.model import CertificateFacts, StrictFault, TlsFacts
from mailproof.printable import clean
from mailproof.structs import replace
from mailproof.tls_context import without_warnings

MAX_CHAIN = 10
MAX_NAMES = 200
#: Characters kept of a name in a certificate; host names have at most 253.
MAX_NAME = 300

#: Certificate faults, and the OpenSSL verification errors (x509_vfy.h) that indicate them.
_FAULTS = (
    ("not-yet-valid", (9,), "the certificate is not valid yet"),
    ("expired", (10,), "the certificate has expired"),
    ("self-signed", (18,), "the certificate is self-signed"),
    (
        "untrusted",
        (2, 19, 20, 21),
        "the certificate is not issued by a trusted CA (unknown root, or missing intermediate certificate)",
    ),
    ("revoked", (23,), "the certificate is revoked"),
    ("wrong-name", (62, 64), "the certificate is not for {host}"),
    ("weak-key", (66, 67), "the certificate's key is too weak"),
    ("weak-signature", (68,), "the certificate's signature algorithm is too weak"),
)


class TlsSettings(Struct, frozen=True):
    """How TLS is verified. ``server_name`` is the name that the certificate must have.

    ``legacy`` permits protocols too weak for use, to find out what a server speaks; nothing is sent.
    """

    server_name: str
    ca_file: Path | None = None
    verify: bool = True
    legacy: bool = False

    @classmethod
    def of(cls, settings: ServerSettings, host: str) -> TlsSettings:
        """As the user configured it for a server."""
        return cls(host, settings.ca_file, settings.verification == "on")


class CertificateProblem(Struct, frozen=True):
    """Why a certificate is refused: a stable code and a sentence."""

    code: str
    text: str


def sni_of(host: str) -> str:
    """The name for SNI and verification: A-labels, no final dot, no brackets."""
    name = host.strip("[]").rstrip(".")
    if name.isascii():
        return name
    return to_ascii(name)


def classify(error: ssl.SSLCertVerificationError, host: str) -> CertificateProblem:
    """Translate OpenSSL's refusal into our terms."""
    shown = ((name, words) for name, codes, words in _FAULTS if error.verify_code in codes)
    name, words = next(shown, ("invalid", "the certificate does not verify"))
    return CertificateProblem(name, f"{words.replace('{host}', host)} (OpenSSL: {error.verify_message})")


def is_no_tls(first: bytes) -> bool:
    """Whether the response to a ClientHello is not TLS: neither a handshake nor an alert."""
    return bool(first) and first[0] not in (0x15, 0x16)


def handshake_words(error: ssl.SSLError, first: bytes) -> str:
    """Why a handshake failed. Plain text from a server on a TLS port is quoted."""
    if first[:4] in (b"220 ", b"220-", b"554 ", b"421 ") or first.startswith((b"* ", b"+OK", b"-ERR")):
        greeting = clean(first.split(b"\n", 1)[0].decode("utf-8", "replace"))[:120]
        return (
            f"the server speaks plain text here ({greeting!r}): this is a STARTTLS port, not implicit "
            'TLS; set security = "starttls" (usual on 587 and 143), or use port 465 or 993'
        )
    reason = error.reason or str(error)
    if is_no_tls(first) or (not first and reason == "WRONG_VERSION_NUMBER"):
        return f"what the server sent is not TLS ({reason}): implicit TLS on a STARTTLS or plain port?"
    if reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE"):
        return f"no TLS version in common with the server ({reason})"
    if "HANDSHAKE_FAILURE" in reason:
        return (
            f"the server refused the TLS handshake ({reason}): no cipher in common, or it wants another name"
        )
    return f"the TLS handshake failed ({reason})"


def facts_of(session: ssl.SSLObject, settings: TlsSettings, now: datetime) -> TlsFacts:
    """The parameters negotiated in a finished handshake."""
    cipher = session.cipher() or ("", "", 0)
    return TlsFacts(
        version=session.version() or "",
        cipher=cipher[0],
        bits=cipher[2],
        verified=True if settings.verify else None,
        verification_off=not settings.verify,
        chain=chain_of(session, now),
        strict_faults=strict_faults(session) if settings.verify else None,
    )


def chain_of(session: ssl.SSLObject, now: datetime) -> tuple[CertificateFacts, ...]:
    """The certificates that the server sent, leaf first. Any that cannot be parsed are left out."""
    facts = (certificate_facts(der, now) for der in raw_chain(session)[:MAX_CHAIN])
    return tuple(fact for fact in facts if fact is not None)


def strict_faults(session: ssl.SSLObject) -> tuple[StrictFault, ...] | None:
    """The faults that strict verification finds in the verified chain; None if unknown."""
    from mailproof.mail.tls_strict import faults_of

    found = faults_of(_chain(session, "get_verified_chain") or ())
    if found is None:
        return None
    return tuple(replace(fault, certificate=clean(fault.certificate)[:MAX_NAME]) for fault in found)


def raw_chain(session: ssl.SSLObject) -> list[bytes]:
    """The certificates that the server sent, in DER, leaf first."""
    sent = _chain(session, "get_unverified_chain")
    if sent is not None:
        return sent
    leaf = session.getpeercert(binary_form=True)
    return [leaf] if leaf else []


def _chain(session: ssl.SSLObject, method: str) -> list[bytes] | None:
    """A chain in DER, leaf first; None if this Python does not expose it."""
    public: Any = getattr(session, method, None)  # Python 3.13
    if public is not None:
        return [bytes(der) for der in public()]
    inner: Any = getattr(getattr(session, "_sslobj", None), method, None)
    if inner is None:
        return None
    return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in inner() or ()]


@without_warnings()
def certificate_facts(der: bytes, now: datetime) -> CertificateFacts | None:
    """The facts about one certificate; None if it cannot be parsed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        certificate = x509.load_der_x509_certificate(der)
        not_after = certificate.not_valid_after_utc
        key, spki = _key(certificate)
        return CertificateFacts(
            subject=clean(certificate.subject.rfc4514_string())[:MAX_NAME],
            issuer=clean(certificate.issuer.rfc4514_string())[:MAX_NAME],
            names=_names(certificate),
            not_before=certificate.not_valid_before_utc,
            not_after=not_after,
            days_left=(not_after - now.astimezone(UTC)).days,
            key=key,
            signature=_signature(certificate),
            sha256=certificate.fingerprint(hashes.SHA256()).hex(),
            spki_sha256=spki,
        )
    except (ValueError, TypeError, x509.InvalidVersion):
        return None


def _names(certificate: Any) -> tuple[str, ...]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (
        x509.ExtensionNotFound,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,  # an X.400 address among the names
        ValueError,
    ):
        return ()
    names = [str(name) for name in extension.get_values_for_type(x509.DNSName)]
    names += [str(address) for address in extension.get_values_for_type(x509.IPAddress)]
    return tuple(clean(name, MAX_NAME) for name in names[:MAX_NAMES])


def _key(certificate: Any) -> tuple[str, str]:
    """The type of the public key and its hash; "" if it cannot be parsed."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        key = certificate.public_key()
        spki = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    except (UnsupportedAlgorithm, ValueError):
        return "", ""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}", spki
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", spki
    return type(key).__name__.removesuffix("PublicKey").lstrip("_"), spki


def _signature(certificate: Any) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm

    name = getattr(certificate.signature_algorithm_oid, "_name", "")
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return str(name)
    return str(name) or (algorithm.name if algorithm else "")
