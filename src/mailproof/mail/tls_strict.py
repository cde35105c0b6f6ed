"""The faults that strict verification would find in a verified chain, without a second connection.

Python has enabled OpenSSL's X509_V_FLAG_X509_STRICT since 3.13, and cannot verify a chain without a
handshake. But the flag does not affect how a chain is built: it only adds checks of each certificate
(`check_extensions` in crypto/x509/x509_vfy.c of OpenSSL 3), which are made here on the chain that OpenSSL
built. A test compares them with OpenSSL's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from cryptography import x509

from mailproof.model import StrictFault, StrictFaultCode
from mailproof.tls_context import without_warnings

if TYPE_CHECKING:
    E = TypeVar("E", bound=x509.ExtensionType)

MAX_FAULTS = 20
_Found = Iterator[tuple[StrictFaultCode, str]]


@without_warnings()
def faults_of(chain: Sequence[bytes]) -> tuple[StrictFault, ...] | None:
    """The faults of a verified chain (DER, leaf first, root last); None if it cannot be parsed."""
    found: list[StrictFault] = []
    unreadable = (
        ValueError,
        TypeError,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    )
    try:
        for depth, der in enumerate(chain):
            certificate = x509.load_der_x509_certificate(der)
            root = depth + 1 == len(chain)
            subject = certificate.subject.rfc4514_string()
            every = _faults(certificate, leaf=depth == 0, root=root)
            found += (StrictFault(code, text, subject, root and depth > 0) for code, text in every)
    except unreadable:
        return None
    return tuple(found[:MAX_FAULTS]) if chain else None


def _faults(certificate: x509.Certificate, *, leaf: bool, root: bool) -> _Found:
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    v3 = certificate.version is x509.Version.v3
    signs = usage is not None and usage.value.key_cert_sign
    authority = constraints is not None and constraints.value.ca
    old_root = not v3 and certificate.issuer == certificate.subject
    if constraints is None and (not leaf or signs or old_root):
        yield "not-marked-as-authority", "it is used as a CA, but has no basic constraints"
    if leaf and root:  # RFC 6818 section 2: the rest does not apply to a self-signed leaf
        return
    if authority and constraints is not None and not constraints.critical:
        yield "basic-constraints-not-critical", "its basic constraints are not critical"
    if authority and usage is None:
        yield "key-usage-missing", "it is a CA certificate without a key usage"
    if signs and constraints is not None and not authority:
        yield "key-usage-of-an-authority", "its key may sign certificates, but it is not a CA"
    yield from _names(certificate, authority=authority or (usage is not None and usage.value.crl_sign))
    if v3:
        yield from _identifiers(certificate, authority=authority, root=root)
    elif len(certificate.extensions):
        yield "old-version", "it has extensions, but its version is not 3"


def _names(certificate: x509.Certificate, *, authority: bool) -> _Found:
    names = _extension(certificate, x509.SubjectAlternativeName)
    if not certificate.issuer.rdns:
        yield "issuer-empty", "its issuer has no name"
    if not certificate.subject.rdns:
        if authority or names is None:
            yield "subject-empty", "its subject has no name"
        elif not names.critical:
            yield "names-not-critical", "its subject is empty, but its names are not critical"
    if names is not None and not list(names.value):
        yield "names-empty", "its list of names is empty"


def _identifiers(certificate: x509.Certificate, *, authority: bool, root: bool) -> _Found:
    of_issuer = _extension(certificate, x509.AuthorityKeyIdentifier)
    if not root and (of_issuer is None or of_issuer.value.key_identifier is None):
        yield "authority-key-identifier-missing", "it has no authority key identifier"
    if authority and _extension(certificate, x509.SubjectKeyIdentifier) is None:
        yield "subject-key-identifier-missing", "it is a CA certificate without a subject key identifier"


def _extension(certificate: x509.Certificate, kind: type[E]) -> x509.Extension[E] | None:
    try:
        return certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None
