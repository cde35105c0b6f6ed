"""Just enough DER to tell what a published public key is (X.690; RFC 8017 appendix A; RFC 5280 4.1.2.7)."""

from __future__ import annotations

from mailproof.frozen import frozen

_SEQUENCE, _INTEGER, _BIT_STRING, _OID = 0x30, 0x02, 0x03, 0x06
_ALGORITHMS = {
    bytes.fromhex("2a864886f70d010101"): "rsa",
    bytes.fromhex("2a864886f70d01010a"): "rsa-pss",
    bytes.fromhex("2a8648ce3d0201"): "elliptic curve",
    bytes.fromhex("2a8648ce380401"): "dsa",
    bytes.fromhex("2b6570"): "ed25519",
    bytes.fromhex("2b6571"): "ed448",
}
#: A modulus of this many octets (32,768 bits) is nobody's key.
_MAX_INTEGER = 4096


@frozen
class PublicKey:
    """What a DER structure holds. ``modulus`` and ``exponent`` are 0 unless the algorithm is ``rsa``."""

    algorithm: str
    modulus: int = 0
    exponent: int = 0

    @property
    def bits(self) -> int:
        """The length of an RSA key."""
        return self.modulus.bit_length()


class _Malformed(Exception):
    pass


def parse_public_key(raw: bytes) -> PublicKey | None:
    """A SubjectPublicKeyInfo or a bare RSAPublicKey; None where it is neither. Never raises."""
    try:
        outer, rest = _take(raw, _SEQUENCE)
        if rest:
            return None
        if outer[:1] == bytes([_INTEGER]):
            return _rsa(outer)
        algorithm, rest = _take(outer, _SEQUENCE)
        oid, _ = _take(algorithm, _OID)
        key, rest = _take(rest, _BIT_STRING)
        if rest or key[:1] != b"\x00":
            return None
        name = _ALGORITHMS.get(oid, "unknown")
        if name != "rsa":
            return PublicKey(name)
        inner, rest = _take(key[1:], _SEQUENCE)
        return None if rest else _rsa(inner)
    except _Malformed:
        return None


def _rsa(raw: bytes) -> PublicKey | None:
    modulus, rest = _take(raw, _INTEGER)
    exponent, rest = _take(rest, _INTEGER)
    if rest or len(modulus) > _MAX_INTEGER or len(exponent) > _MAX_INTEGER:
        return None
    n, e = int.from_bytes(modulus, "big", signed=True), int.from_bytes(exponent, "big", signed=True)
    return PublicKey("rsa", n, e) if n > 0 and e > 0 else None


def _take(raw: bytes, kind: int) -> tuple[bytes, bytes]:
    """The contents of the first element, which must be of that kind, and what follows it."""
    if len(raw) < 2 or raw[0] != kind:
        raise _Malformed
    length, start = raw[1], 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise _Malformed
        start = 2 + count
        length = int.from_bytes(raw[2:start], "big")
    if len(raw) < start + length or (raw[1] >= 0x80 and len(raw) < start):
        raise _Malformed
    return raw[start : start + length], raw[start + length :]
