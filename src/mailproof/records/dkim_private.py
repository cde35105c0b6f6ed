"""Reads DKIM private keys, in the formats that signers store them in, for their public half only."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import warnings

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mailproof.model.keys import PrivateKeyFacts

#: A private key of 16,384 bits takes 13 kB in PEM.
MOST_OCTETS = 65_536
#: The limit of OpenDKIM, rspamd and dkimpy; no verifier need accept a longer key (RFC 8301 section 3.2).
MOST_BITS = 16_384
_LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_SEED, _SEED_AND_PUBLIC = 32, 64


class PrivateKeyError(ValueError):
    """Raised for anything but a private key that DKIM can sign with. The message quotes none of the input."""


def read_private_key(raw: bytes) -> PrivateKeyFacts:
    """Return the public half of a private key. Raises PrivateKeyError.

    Reads PEM (PKCS#1 or PKCS#8, as OpenSSL, OpenDKIM, rspamd and Exim store keys) and DER; for ed25519 also
    the base64 of the 32 octets (dkimpy) or of the 64 octets of seed and public key (rspamd).
    """
    if len(raw) > MOST_OCTETS:
        raise PrivateKeyError(f"it is larger than {MOST_OCTETS:,} bytes, so it is no private key")
    if not raw.strip():
        raise PrivateKeyError("it is empty")
    label = _LABEL.search(raw)
    if label is None:
        return _ed25519_seed(raw) or _of_key(_loaded(raw, pem=False))
    name = label[1].decode()
    refused = _refused(name, raw)
    if refused:
        raise PrivateKeyError(refused)
    return _of_key(_loaded(raw[label.start() :], pem=True))


def _refused(name: str, raw: bytes) -> str:
    if name == "ENCRYPTED PRIVATE KEY" or b"Proc-Type: 4,ENCRYPTED" in raw:
        return "it is encrypted: decrypt it first (openssl pkey -in FILE), and pipe the result in with -"
    if "PUBLIC KEY" in name:
        return "it is a public key: give the private key that the server signs with"
    if "CERTIFICATE" in name:
        return "it is a certificate: DKIM keys have none"
    if name == "OPENSSH PRIVATE KEY":
        return "it is an OpenSSH key: signers read PEM (PKCS#8)"
    if "PRIVATE KEY" not in name:
        return f"it holds PEM of the type {name!r}, not a private key"
    return ""


def _loaded(raw: bytes, *, pem: bool) -> object:
    """Load the key. The library's errors may quote their input, so their text is not passed on."""
    load = serialization.load_pem_private_key if pem else serialization.load_der_private_key
    with warnings.catch_warnings(), contextlib.suppress(Exception):  # hostile octets raise many kinds
        warnings.simplefilter("ignore")  # a weak key is reported by its bits
        return load(raw, password=None)
    raise PrivateKeyError("it is not a private key, or part of it is missing")


def _of_key(key: object) -> PrivateKeyFacts:
    if isinstance(key, RSAPrivateKey):
        return rsa_facts(key)
    if isinstance(key, Ed25519PrivateKey):
        return ed25519_facts(key)
    raise PrivateKeyError("it is neither an RSA nor an ed25519 key: DKIM has no others")


def rsa_facts(key: RSAPrivateKey) -> PrivateKeyFacts:
    """The public half of an RSA key, as SubjectPublicKeyInfo. Raises PrivateKeyError for a very long one."""
    if key.key_size > MOST_BITS:
        raise PrivateKeyError(f"it has {key.key_size:,} bits: no verifier can use more than {MOST_BITS:,}")
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return PrivateKeyFacts("rsa", key.key_size, base64.b64encode(spki).decode())


def ed25519_facts(key: Ed25519PrivateKey) -> PrivateKeyFacts:
    """The public half of an ed25519 key: its 32 octets, with nothing around them (RFC 8463 section 4.2)."""
    return PrivateKeyFacts("ed25519", 256, base64.b64encode(key.public_key().public_bytes_raw()).decode())


def _ed25519_seed(raw: bytes) -> PrivateKeyFacts | None:
    """The facts of a bare base64 seed; None if it is not one."""
    try:
        octets = base64.b64decode(b"".join(raw.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(octets) not in (_SEED, _SEED_AND_PUBLIC):
        return None
    key = Ed25519PrivateKey.from_private_bytes(octets[:_SEED])
    if len(octets) == _SEED_AND_PUBLIC and key.public_key().public_bytes_raw() != octets[_SEED:]:
        raise PrivateKeyError("its second half is not the public key of its first: part of it was changed")
    return ed25519_facts(key)
