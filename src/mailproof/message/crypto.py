"""Verify signatures with ``cryptography`` (RFC 6376 section 3.3, RFC 8463), which is loaded on first use."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from mailproof.model import DkimKeyRecord
from mailproof.records.dkim_key import public_key_numbers, public_key_octets

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256


class UnusableKey(Exception):
    """The key's numbers are not a valid key (an even modulus, say). The message says why."""


def signature_holds(record: DkimKeyRecord, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is a valid SHA-256 signature of ``data`` by the published key.

    Raises UnusableKey.
    """
    padding, sha256, invalid = _scheme()
    try:
        if record.key_type == "ed25519":
            # RFC 8463 section 3: PureEdDSA over the SHA-256 of the data.
            _ed25519(public_key_octets(record)).verify(signature, hashlib.sha256(data).digest())
        else:
            key = _rsa(record.public_key)
            if key is None:
                raise UnusableKey("the record has no RSA key")
            key.verify(signature, data, padding, sha256)
    except invalid:
        return False
    return True


def signed_digest(record: DkimKeyRecord, signature: bytes) -> bytes | None:
    """The SHA-256 that was signed with an RSA key; None if it was another key (or Ed25519).

    Raises UnusableKey.
    """
    padding, sha256, invalid = _scheme()
    key = _rsa(record.public_key) if record.key_type != "ed25519" else None
    if key is None:
        return None
    try:
        return key.recover_data_from_signature(signature, padding, sha256)
    except invalid:
        return None


@cache
def _scheme() -> tuple[PKCS1v15, SHA256, type[Exception]]:
    """Padding and hash of RSA signatures, and the exception for an invalid signature."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), SHA256(), InvalidSignature


@lru_cache(maxsize=1024)
def _rsa(public_key: str) -> RSAPublicKey | None:
    """The key in a record's ``p=``; None if it is not an RSA key."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    numbers = public_key_numbers(public_key)
    if numbers is None:
        return None
    try:
        return RSAPublicNumbers(numbers.exponent, numbers.modulus).public_key()
    except ValueError as error:
        raise UnusableKey(str(error)) from error


@lru_cache(maxsize=1024)
def _ed25519(raw: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise UnusableKey(str(error)) from error
