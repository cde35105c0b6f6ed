"""Just enough DER to identify a published public key (X.690; RFC 8017 appendix A; RFC 5280 4.1.2.7)."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from mailproof.structs import replace

_SEQUENCE, _INTEGER, _BIT_STRING, _OID = 0x30, 0x02, 0x03, 0x06
_ALGORITHMS = {
    bytes.fromhex("2a864886f70d010101"): "rsa",
    bytes.fromhex("2a864886f70d01010a"): "rsa-pss",
    bytes.fromhex("2a8648ce3d0201"): "elliptic curve",
    bytes.fromhex("2a8648ce380401"): "dsa",
    bytes.fromhex("2b6570"): "ed25519",
    bytes.fromhex("2b6571"): "ed448",
}
#: SEQUENCE { OID rsaEncryption, NULL }
_RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
#: No real key has a modulus of this many octets (32,768 bits).
_MAX_INTEGER = 4096


class PublicKey(Struct, frozen=True):
    """A decoded public key. ``modulus`` and ``exponent`` are 0 unless the algorithm is ``rsa``.

    ``bare``: an RSAPublicKey (PKCS#1) without the SubjectPublicKeyInfo around it. ``octets`` are the contents
    of the BIT STRING, for ``rsa`` without trailing octets; ``extra`` is the number of trailing octets.
    """

    algorithm: str
    modulus: int = 0
    exponent: int = 0
    bare: bool = False
    octets: bytes = b""
    extra: int = 0

    @property
    def bits(self) -> int:
        """The length of an RSA key."""
        return self.modulus.bit_length()


class _Malformed(Exception):
    pass


@lru_cache(maxsize=16)  # parsing the record and verifying the signature both decode the same octets
def parse_public_key(raw: bytes) -> PublicKey | None:
    """Decode a SubjectPublicKeyInfo or a bare RSAPublicKey; None if it is neither. Never raises.

    Octets after an RSA key, or after it in its BIT STRING, are accepted: OpenDKIM (``d2i_PUBKEY_bio``),
    mailauth (Node's ``createPublicKey``) and dkimpy all ignore them. After a bare key, the first two reject
    them.
    """
    try:
        outer, after = _take(raw, _SEQUENCE)
        if outer[:1] == bytes([_INTEGER]):
            return None if after else _rsa(outer, bare=True)
        algorithm, rest = _take(outer, _SEQUENCE)
        oid, _ = _take(algorithm, _OID)
        key, rest = _take(rest, _BIT_STRING)
        if rest or key[:1] != b"\x00":
            return None
        name = _ALGORITHMS.get(oid, "unknown")
        if name != "rsa":
            return None if after else PublicKey(name, octets=key[1:])
        inner, rest = _take(key[1:], _SEQUENCE)
        found, extra = _rsa(inner), len(after) + len(rest)
        whole = key[1 : len(key) - len(rest)]
        return replace(found, octets=whole, extra=extra) if found is not None else None
    except _Malformed:
        return None


def with_algorithm(raw: bytes) -> bytes:
    """Wrap a bare RSAPublicKey in the SubjectPublicKeyInfo that verifiers expect (RFC 8017 appendix A.1)."""
    key = _element(_BIT_STRING, b"\x00" + raw)
    return _element(_SEQUENCE, _RSA_ALGORITHM + key)


def other_content(raw: bytes) -> str:
    """What a structure other than a public key is, from its first octets; "" if unknown."""
    if not raw.startswith(bytes([_SEQUENCE])):
        return ""
    start, length = _header(raw)
    inner = raw[start : start + 12]
    if inner.startswith(b"\x02\x01\x00"):  # the version of PKCS#1 and PKCS#8 private keys
        return "private key"
    if inner.startswith(bytes([_SEQUENCE])):
        tbs, _ = _header(inner)
        if inner[tbs:].startswith(b"\xa0\x03\x02\x01"):  # the version of an X.509 certificate
            return "certificate"
    if length > len(raw) - start:
        return "cut off"
    return "too long" if 0 < length < len(raw) - start else ""


def declared_octets(raw: bytes) -> int:
    """The declared size of the outermost element, header included; 0 without a header."""
    start, length = _header(raw)
    return start + length if start else 0


def _header(raw: bytes) -> tuple[int, int]:
    """Offset and declared length of the first element's contents; (0, 0) if there is no element."""
    if len(raw) < 2:
        return 0, 0
    if raw[1] < 0x80:
        return 2, raw[1]
    count = raw[1] & 0x7F
    if not 1 <= count <= 4 or len(raw) < 2 + count:
        return 0, 0
    return 2 + count, int.from_bytes(raw[2 : 2 + count], "big")


def _element(kind: int, contents: bytes) -> bytes:
    size = len(contents)
    if size < 0x80:
        return bytes([kind, size]) + contents
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([kind, 0x80 | len(octets)]) + octets + contents


def _rsa(raw: bytes, *, bare: bool = False) -> PublicKey | None:
    modulus, rest = _take(raw, _INTEGER)
    exponent, rest = _take(rest, _INTEGER)
    if rest or len(modulus) > _MAX_INTEGER or len(exponent) > _MAX_INTEGER:
        return None
    n, e = int.from_bytes(modulus, "big", signed=True), int.from_bytes(exponent, "big", signed=True)
    return PublicKey("rsa", n, e, bare) if n > 0 and e > 0 else None


def _take(raw: bytes, kind: int) -> tuple[bytes, bytes]:
    """The contents of the first element, which must be of that kind, and the octets after it."""
    start, length = _header(raw)
    if not start or raw[0] != kind or len(raw) < start + length:
        raise _Malformed
    return raw[start : start + length], raw[start + length :]
