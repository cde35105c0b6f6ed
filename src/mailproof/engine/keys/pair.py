"""Creates a DKIM key pair, the private key in a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from mailproof.choices import KeyKind
from mailproof.errors import UsageError
from mailproof.model.findings import FixRecord
from mailproof.model.keys import NewKey, PrivateKeyFacts
from mailproof.names import key_name
from mailproof.records.dkim_private import ed25519_facts, rsa_facts


def make_key(domain: str, selector: str, kind: KeyKind, file: Path) -> NewKey:
    """Write a new private key (PEM, PKCS#8, mode 0600), and return it with the record to publish.

    ``domain`` in A-labels. An existing file is never replaced. Raises UsageError.
    """
    pem, facts = generate(kind)
    _write_new(file, pem)
    publish = FixRecord(key_name(selector, domain), "TXT", facts.record)
    return NewKey(domain, selector, str(file), facts, publish)


def generate(kind: KeyKind) -> tuple[bytes, PrivateKeyFacts]:
    """A private key in PEM (PKCS#8), and its properties."""
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if kind == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
        facts = ed25519_facts(key)
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("rsa")))
        facts = rsa_facts(key)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, facts


def _write_new(file: Path, pem: bytes) -> None:
    """Create the file with mode 0600; never leave a partial key behind."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{file} already exists: a private key is never replaced; name another file with --private"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be written: {getattr(error, 'strerror', None) or error}") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        file.unlink(missing_ok=True)
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}") from None
