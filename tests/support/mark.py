"""Mark certificates for tests: a chain of two with an embedded logo (RFC 9399), from a fictional CA."""

from __future__ import annotations

import base64
import gzip
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64">\n'
    b'<title>Acme</title>\n<circle cx="32" cy="32" r="30" fill="#06c"/>\n</svg>\n'
)
BIMI_USAGE = ObjectIdentifier("1.3.6.1.5.5.7.3.31")
LOGOTYPE = ObjectIdentifier("1.3.6.1.5.5.7.1.12")
MARK_TYPE = ObjectIdentifier("1.3.6.1.4.1.53087.1.13")


def der(tag: int, contents: bytes) -> bytes:
    """One DER element."""
    size = len(contents)
    if size < 128:
        return bytes([tag, size]) + contents
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 + len(octets)]) + octets + contents


def logotype(logo: bytes) -> bytes:
    """The extension's value: subjectLogo, direct, one image with a data URI."""
    uri = b"data:image/svg+xml;base64," + base64.b64encode(gzip.compress(logo, mtime=0))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(gzip.compress(logo, mtime=0))
    sha256 = der(0x30, bytes.fromhex("0609608648016503040201"))
    hashed = der(0x30, der(0x30, sha256 + der(0x04, digest.finalize())))
    details = der(0x30, der(0x16, b"image/svg+xml") + hashed + der(0x30, der(0x16, uri)))
    return der(0x30, der(0xA2, der(0xA0, der(0x30, der(0x30, der(0x30, details))))))


def mark_chain(
    *names: str,
    logo: bytes | None = LOGO,
    days: int = 200,
    now: datetime | None = None,
    usage: bool = True,
    alone: bool = False,
    stray: bool = False,
    also: tuple[tuple[str, bytes], ...] = (),
) -> bytes:
    """PEM of a mark certificate and its intermediate. ``stray``: the latter is from another CA.

    ``also`` are additional raw extensions; one with alternative names replaces ``names``.
    """
    moment = now or datetime.now(UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Mark CA")])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme Ltd"),
            x509.NameAttribute(MARK_TYPE, "Registered Mark"),
        ]
    )

    def builder(of: x509.Name, by: x509.Name, days: int) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(of).issuer_name(by)
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(moment - timedelta(days=300))
        return made.not_valid_after(moment + timedelta(days=days, hours=1))

    ca = builder(ca_name, ca_name, 2000).public_key(ca_key.public_key())
    ca = ca.add_extension(x509.BasicConstraints(True, None), critical=True)
    leaf = builder(subject, ca_name, days).public_key(key.public_key())
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    if "2.5.29.17" not in dict(also):
        leaf = leaf.add_extension(alternatives, critical=False)
    for oid, contents in also:
        leaf = leaf.add_extension(x509.UnrecognizedExtension(ObjectIdentifier(oid), contents), critical=False)
    if usage:
        leaf = leaf.add_extension(x509.ExtendedKeyUsage([BIMI_USAGE]), critical=False)
    if logo is not None:
        value = x509.UnrecognizedExtension(LOGOTYPE, logotype(logo))
        leaf = leaf.add_extension(value, critical=False)
    other = ec.generate_private_key(ec.SECP256R1()) if stray else ca_key
    chain = [leaf.sign(other, hashes.SHA256())]
    if not alone:
        chain.append(ca.sign(ca_key, hashes.SHA256()))
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
