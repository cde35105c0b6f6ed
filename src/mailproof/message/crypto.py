"""Signatures checked with ``cryptography`` (RFC 6376 section 3.3, RFC 8463), which is loaded on first use."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from mailproof.model import DkimKeyRecord
from mailproof.records.dkim_key import public_key_numbers, public_key_octets

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class UnusableKey(Exception):
    """The numbers in the key make no key (an even modulus, say). The message says what is wrong."""


def signature_holds(record: DkimKeyRecord, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is one of ``data`` with SHA-256 by the published key.

    Raises UnusableKey.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        if record.key_type == "ed25519":
            # RFC 8463 section 3: PureEdDSA over the SHA-256 of the data.
            _ed25519(public_key_octets(record)).verify(signature, hashlib.sha256(data).digest())
        else:
            from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
            from cryptography.hazmat.primitives.hashes import SHA256

            numbers = public_key_numbers(record)
            if numbers is None:
                raise UnusableKey("the record has no RSA key")
            _rsa(numbers.modulus, numbers.exponent).verify(signature, data, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def signed_digest(record: DkimKeyRecord, signature: bytes) -> bytes | None:
    """The SHA-256 that the holder of an RSA key signed; None where another key signed (or none: Ed25519).

    Raises UnusableKey.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    numbers = public_key_numbers(record) if record.key_type != "ed25519" else None
    if numbers is None:
        return None
    try:
        return _rsa(numbers.modulus, numbers.exponent).recover_data_from_signature(
            signature, PKCS1v15(), SHA256()
        )
    except InvalidSignature:
        return None


@lru_cache(maxsize=256)
def _rsa(modulus: int, exponent: int) -> RSAPublicKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise UnusableKey(str(error)) from error


@lru_cache(maxsize=256)
def _ed25519(raw: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise UnusableKey(str(error)) from error
