"""DKIM key pairs: PEM files for the signers, TXT records for the zones."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from tests.lab.kinds import DkimKey


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A generated key: `record` is published at its selector (another key's if it is stale)."""

    key: DkimKey
    private_pem: str
    record: str

    @property
    def zone_line(self) -> str:
        """The selector's TXT record as an absolute master-file line."""
        strings = " ".join(f'"{self.record[i : i + 200]}"' for i in range(0, len(self.record), 200))
        return f"{self.key.selector}._domainkey.{self.key.domain}. TXT {strings}"


def generate(key: DkimKey) -> KeyPair:
    """Generate a key pair (RSA with 2048 bits, or Ed25519)."""
    private = _private(key.algorithm)
    shown = private if key.published else _private(key.algorithm)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return KeyPair(key, pem.decode(), _record(shown))


def _private(algorithm: str) -> rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey:
    if algorithm == "ed25519-sha256":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


def _record(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        raw = private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )  # RFC 8463 section 4.2: the bare 32 octets
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
