"""The demo's certificates and DKIM keys, generated for each run."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from mailproof.demo.scenarios import UNPUBLISHED, Scenario
from mailproof.engine.keys.pair import generate
from mailproof.names import key_name


class DkimKey(Struct, frozen=True):
    """A private key in PEM and its key record."""

    domain: str
    selector: str
    private: bytes
    record: str

    @property
    def name(self) -> str:
        return key_name(self.selector, self.domain)


def dkim_keys(scenario: Scenario) -> tuple[tuple[DkimKey, ...], tuple[tuple[str, str], ...]]:
    """The keys that the scenario signs with, and the published (name, record) pairs."""
    keys = tuple(_key(domain, selector) for domain, selector in scenario.sign_with)
    published = tuple(
        (key.name, f"{key.record.partition('p=')[0]}p=" if scenario.revoked else key.record)
        for key in keys
        if key.selector != UNPUBLISHED
    )
    return keys, published


@lru_cache(maxsize=8)
def _key(domain: str, selector: str) -> DkimKey:
    private, facts = generate("ed25519" if selector.startswith("e") else "rsa2048")
    return DkimKey(domain, selector, private, facts.record)


class Certificates(Struct, frozen=True):
    """PEM files: the authority to trust, and the servers' chain and key."""

    authority: Path
    chain: Path
    key: Path


def make_certificates(folder: Path, names: tuple[str, ...], *, expired: bool = False) -> Certificates:
    """Create an authority and a certificate for ``names`` (host names and addresses) in ``folder``."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailproof demo authority")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    authority = (
        x509.CertificateBuilder()
        .subject_name(ca_name)
        .issuer_name(ca_name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(_usage(signing_certificates=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    ends = now - timedelta(days=3) if expired else now + timedelta(days=90)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(ca_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=93))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .add_extension(_usage(signing_certificates=False), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    files = Certificates(folder / "ca.pem", folder / "chain.pem", folder / "key.pem")
    pem = serialization.Encoding.PEM
    files.authority.write_bytes(authority.public_bytes(pem))
    files.chain.write_bytes(leaf.public_bytes(pem) + authority.public_bytes(pem))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signing_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signing_certificates,
        crl_sign=signing_certificates,
        encipher_only=False,
        decipher_only=False,
    )
