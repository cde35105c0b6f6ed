"""The key in the ``p=`` of a key record, as written and as intended (RFC 6376 section 3.6.1, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from msgspec import Struct

from mailproof.printable import counted
from mailproof.records.der import declared_octets, other_content, parse_public_key, with_algorithm
from mailproof.records.tags import WSP, without_whitespace

ED25519_OCTETS = 32
_FIELD = 2**255 - 19
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
#: The y coordinates of all points whose order divides 8.
_SMALL = frozenset((0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH))
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
#: The first octets of the DER of any RSA key that is long enough to be used.
_LONG_SEQUENCE = (b"\x30\x81", b"\x30\x82")
#: Shorter texts may well lack capital letters by chance.
_LETTERS = 40
_URL_ALPHABET = str.maketrans("-_", "+/")
_PERCENT = {"%2B": "+", "%2b": "+", "%2F": "/", "%2f": "/", "%3D": "=", "%3d": "="}


class KeyMaterial(Struct, frozen=True):
    """``kind`` is the key type (``rsa``, ``ed25519``), empty for anything that DKIM does not support.

    ``text`` is the base64 to publish. ``fault`` is a code for what is wrong with the key as written (empty:
    nothing), ``message`` describes it.
    """

    kind: str = ""
    bits: int = 0
    text: str = ""
    fault: str = ""
    message: str = ""


def read_material(value: str, declared: str = "") -> KeyMaterial:
    """Parse a non-empty value of ``p=``, with or without white space. Never raises.

    ``declared`` is the value of ``k=``: 32 octets that begin like an RSA key are taken for a truncated one,
    unless declared as an ed25519 key.

    Fault codes: ``malformed-base64``, ``not-a-key``, ``wrong-key-type``, ``private-key``, ``small-order``;
    ``pkcs1-key`` and ``trailing-octets`` mark keys that some verifiers accept.
    """
    written = without_whitespace(value)
    raw = decode(written)
    if raw is not None and len(raw) == ED25519_OCTETS and is_small_order(raw):
        message = (
            "p= has an ed25519 key of small order: no private key belongs to it, and anyone can make "
            "signatures that verify with it"
        )
        return KeyMaterial("ed25519", 256, "", "small-order", message)
    if not _one_case(written):
        found = _key(raw, written, declared) if raw is not None else None
        if found is not None:
            return found
        for text, words in _readings(value, written):
            raw = decode(text)
            found = _key(raw, text, declared) if raw is not None else None
            if found is not None and found.kind:
                return KeyMaterial(found.kind, found.bits, found.text, "malformed-base64", f"p= {words}")
    fault, message = _why_no_key(written)
    return KeyMaterial(fault=fault, message=message)


def decode(value: str) -> bytes | None:
    """Decode strict base64; None if it is invalid."""
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


def _key(raw: bytes, text: str, declared: str) -> KeyMaterial | None:
    """Identify the octets; None if they are not a public key."""
    if len(raw) == ED25519_OCTETS and (declared == "ed25519" or not raw.startswith(_LONG_SEQUENCE)):
        return KeyMaterial("ed25519", 256, text)
    found = parse_public_key(raw)
    if found is None:
        return None
    if found.algorithm == "ed25519" and len(found.octets) == ED25519_OCTETS:
        bare = base64.b64encode(found.octets).decode()
        message = f"an ed25519 key has 32 octets, but p= has {len(raw)}: publish it without the DER around it"
        return KeyMaterial("ed25519", 256, bare, "not-a-key", message)
    if found.algorithm != "rsa":
        message = f"p= has a key of the type {found.algorithm}, but it must be an RSA or ed25519 key"
        return KeyMaterial(fault="wrong-key-type", message=message)
    if found.bare:
        whole = base64.b64encode(with_algorithm(raw)).decode()
        message = "p= has the bare RSA key (PKCS#1), which many verifiers can't read"
        return KeyMaterial("rsa", found.bits, whole, "pkcs1-key", message)
    if found.extra:
        clean = base64.b64encode(with_algorithm(found.octets)).decode()
        message = (
            f"p= has {counted(found.extra, 'octet')} after the key: OpenDKIM, dkimpy and mailauth ignore "
            "that, but other verifiers reject the key"
        )
        return KeyMaterial("rsa", found.bits, clean, "trailing-octets", message)
    return KeyMaterial("rsa", found.bits, text)


def is_small_order(raw: bytes) -> bool:
    """Whether this is an ed25519 point of order 1, 2, 4 or 8 (RFC 8032 section 5.1), in any encoding."""
    return (int.from_bytes(raw, "little") & ((1 << 255) - 1)) % _FIELD in _SMALL


def _readings(value: str, written: str) -> Iterator[tuple[str, str]]:
    """What the text may have been before it was corrupted, each with a description of the corruption."""
    yield _padded(written), "lacks its padding, or has too much of it: base64 is a multiple of 4 characters"
    yield _padded(written.translate(_URL_ALPHABET)), "is base64url: '-' and '_' in place of '+' and '/'"
    plain = written
    for code, char in _PERCENT.items():
        plain = plain.replace(code, char)
    yield _padded(plain), "is percent-encoded"
    yield _padded(written.replace("p=", "")), "has 'p=' in it, as if each string needed it"
    yield _padded(written.strip("=:.,'`*<>[]\u2026")), "has other characters before or after the key"
    yield _enclosed(written), "has other text after the key"
    if "+" not in value:  # form decoding turns every one into a space
        yield _padded("+".join(value.strip(WSP).split(" "))), "has spaces where '+' was"


def _enclosed(text: str) -> str:
    """The beginning of the text that is one whole element, by its declared length."""
    core = text[: next((at for at, char in enumerate(text) if char not in _ALPHABET), len(text))].partition(
        "="
    )[0]
    raw = decode(core[: len(core) // 4 * 4]) or b""
    return base64.b64encode(raw[: declared_octets(raw)]).decode()


def _padded(text: str) -> str:
    core = text.rstrip("=")
    return core + "=" * (-len(core) % 4)


def _one_case(text: str) -> bool:
    """Whether all letters of a long text have the same case, which no real key has."""
    return len(text) >= _LETTERS and text in (text.lower(), text.upper())


def _why_no_key(written: str) -> tuple[str, str]:
    """Why the text is not a key: a fault, and what it says."""
    bad = next((char for char in written if char not in _ALPHABET), "")
    if bad:
        return "malformed-base64", f"p= is not base64: {bad!r} is not allowed"
    if _one_case(written):
        case = "lower" if written == written.lower() else "upper"
        return "not-a-key", f"all letters of the key were changed to {case} case: the key is lost"
    core = written.rstrip("=")
    raw = decode(core[: len(core) // 4 * 4]) or b""
    what = other_content(raw)
    if what == "private key":
        return "private-key", "p= has a private key: anyone who reads it can sign in your name"
    if what == "certificate":
        return "not-a-key", "p= has a certificate, not its public key"
    code = "malformed-base64" if len(written) % 4 else "not-a-key"
    if what == "cut off":
        return code, f"the key was cut off: p= has {len(raw)} of its {declared_octets(raw)} octets"
    if what == "too long":
        return code, f"p= has {counted(len(raw) - declared_octets(raw), 'octet')} after the key"
    if code == "malformed-base64":
        count = len(written)
        return code, f"p= is not base64: {count} characters are no multiple of 4; it may have been cut off"
    if "=" in core:
        return "malformed-base64", "p= is not base64: the padding = is in the wrong place"
    return code, "p= is base64, but not a public key: part of it may be missing"
