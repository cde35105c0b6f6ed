"""A certificate authority for tests with TLS."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
#: Pairs of an extension and whether it is critical.
Extensions = Sequence[tuple[x509.ExtensionType, bool]]


def usage(*, signs: bool) -> x509.KeyUsage:
    """The key usage of an authority, or of a server with a signing key."""
    return x509.KeyUsage(not signs, False, False, False, False, signs, signs, False, False)


def identifiers(key: Key, issuer: Key | None = None) -> Extensions:
    """The subject's and issuer's key identifiers (RFC 5280 section 4.2.1)."""
    own: Extensions = [(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)]
    if issuer is None:
        return own
    return [*own, (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), False)]


def certificate(
    subject: x509.Name,
    key: Key,
    issuer: x509.Name,
    issuer_key: Key,
    extensions: Extensions,
    *,
    days: float = 90,
    age_days: float = 30,
) -> x509.Certificate:
    """A certificate with exactly these extensions, valid for ``days`` more."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=age_days))
        .not_valid_after(now + timedelta(days=days, hours=1))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_general(name) for name in names])


def pem_of(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass(frozen=True)
class Certificate:
    """PEM files on disk."""

    cert: Path
    key: Path

    def context(self, alpn: Sequence[str] = ()) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context


class Issue(TypedDict, total=False):
    """Options of ``Authority.issue`` that differ from the defaults."""

    days: float
    age_days: float
    self_signed: bool


class Authority:
    """Issues certificates into ``folder``; ``ca_file`` is its root.

    Certificates comply with RFC 5280 section 4.2. Those of a ``careless`` authority, and its root, have no
    key identifiers, key usage or basic constraints except what makes an authority: senders need no more.
    """

    def __init__(self, folder: Path, name: str = "mailproof test CA", *, careless: bool = False) -> None:
        self.folder, self.careless = folder, careless
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = common_name(name)
        extensions: Extensions = [(x509.BasicConstraints(ca=True, path_length=None), True)]
        if not careless:
            extensions = [*extensions, (usage(signs=True), True), *identifiers(self._key)]
        self._cert = certificate(
            self._name, self._key, self._name, self._key, extensions, days=400, age_days=400
        )
        self.ca_file = folder / f"{name.replace(' ', '-')}.pem"
        self.ca_file.write_bytes(self._cert.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        *names: str,
        days: float = 90,
        age_days: float = 30,
        self_signed: bool = False,
        stem: str = "server",
    ) -> Certificate:
        """A certificate for names and addresses, valid for ``days`` more (negative: expired)."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = common_name(names[0])
        signer = key if self_signed else self._key
        extensions: Extensions = [
            (alternatives(names), False),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        ]
        if not self.careless:
            constraints = x509.BasicConstraints(ca=False, path_length=None)
            more = [(constraints, True), (usage(signs=False), True), *identifiers(key, signer)]
            extensions = [*extensions, *more]
        issuer = subject if self_signed else self._name
        cert = certificate(subject, key, issuer, signer, extensions, days=days, age_days=age_days)
        out = Certificate(self.folder / f"{stem}.crt", self.folder / f"{stem}.key")
        chain = cert.public_bytes(serialization.Encoding.PEM)
        if not self_signed:
            chain += self._cert.public_bytes(serialization.Encoding.PEM)
        out.cert.write_bytes(chain)
        out.key.write_bytes(pem_of(key))
        return out

    def server(self, *names: str, days: float = 10, alpn: Sequence[str] = ()) -> ssl.SSLContext:
        """A server context with a certificate for these names."""
        return self.issue(*names, days=days).context(alpn)


def handshake(
    server: ssl.SSLContext, client: ssl.SSLContext, name: str
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """The client and server objects after a handshake in memory. Raises the client's errors."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname=name)
    there = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        with suppress(ssl.SSLWantReadError):
            here.do_handshake()
        with suppress(ssl.SSLError):  # such as the alert caused by the client's error
            there.do_handshake()
    return here, there


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
