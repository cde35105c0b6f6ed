"""DKIM key records (RFC 6376 section 3.6.1, with RFC 8301 and RFC 8463)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from mailproof.model import DkimKeyRecord, Tag, TagProblem
from mailproof.records.der import PublicKey, parse_public_key
from mailproof.records.remember import remembered
from mailproof.records.tags import WSP, find_tag, parse_tags, value_span, without_whitespace

#: RFC 8301 section 3.2: verifiers refuse shorter RSA keys, signers should use at least 2048 bits.
MIN_BITS = 1024
ADVISED_BITS = 2048
#: RFC 8301 section 3.2: what every verifier must be able to use. Longer ones may be refused.
MAX_BITS = 4096
KEY_TYPES = ("rsa", "ed25519")
_ED25519_OCTETS = 32
_PASTED = {
    '"': ("embedded-quote", "a quotation mark"),
    "\\": ("embedded-backslash", "a backslash"),
}


@dataclass(slots=True)
class _Reading:
    """What is gathered while the tags are read."""

    tags: tuple[Tag, ...]
    problems: list[TagProblem] = field(default_factory=list)

    def note(self, code: str, message: str, span: tuple[int, int], *, fatal: bool = True) -> None:
        self.problems.append(TagProblem(code, message, span[0], span[1], fatal))


@remembered(256)
def parse_dkim_key(text: str) -> DkimKeyRecord:
    """Parse the text of a key record (its strings joined). Never raises: see ``problems``.

    Problem codes beside those of ``parse_tags``, fatal unless noted: ``embedded-quote``,
    ``embedded-backslash``, ``version-not-first``, ``bad-version``, ``unknown-key-type``, ``no-public-key``,
    ``malformed-base64``, ``not-a-key``, ``wrong-key-type``, ``short-key``, ``no-sha256``, ``not-for-email``;
    not fatal: ``weak-key`` (under 2048 bits), ``long-key`` (over 4096), ``obsolete-granularity``,
    ``non-ascii``.
    """
    tags, problems = parse_tags(text)
    reading = _Reading(tags)
    pasted = _find_pasted(text, tags, reading)
    # A stray quotation mark or backslash makes bad names too: one fault is told once.
    reading.problems.extend(p for p in problems if not (pasted and p.code in ("bad-name", "no-equals")))
    _read_version(text, reading, pasted)
    key_type = _read_key_type(reading, pasted)
    public_key, bits, revoked = _read_public_key(text, reading, key_type, pasted)
    hashes = _read_list(tags, "h")
    if hashes and "sha256" not in hashes:
        tag = _tag(tags, "h")
        reading.note(
            "no-sha256",
            f"h={tag.value} leaves out sha256, the only hash still accepted",
            (tag.start, tag.end),
        )
    services = _read_list(tags, "s") or ("*",)
    if "*" not in services and "email" not in services:
        tag = _tag(tags, "s")
        reading.note("not-for-email", f"s={tag.value} does not allow e-mail", (tag.start, tag.end))
    if granularity := find_tag(tags, "g"):
        span = (granularity.start, granularity.end)
        reading.note("obsolete-granularity", "g= is obsolete and ignored", span, fatal=False)
    flags = _read_list(tags, "t")
    notes = find_tag(tags, "n")
    return DkimKeyRecord(
        text=text,
        tags=tags,
        key_type=key_type,
        bits=bits,
        revoked=revoked,
        testing="y" in flags,
        strict_identity="s" in flags,
        hashes=hashes,
        services=services,
        notes=notes.value if notes else "",
        public_key=public_key,
        problems=tuple(sorted(reading.problems, key=lambda problem: problem.start)),
    )


def looks_like_dkim_key(text: str) -> bool:
    """Whether a TXT record was meant as a DKIM key, however broken it is.

    It was where it begins with ``v=DKIM…`` (in any case, quoted or not), or has a ``p`` tag and no other
    ``v``. Any other record at a selector is a stray (SPF or a verification token under a wildcard, say).
    """
    plain = repair_dkim_key(text)
    tags, _ = parse_tags(plain)
    version = find_tag(tags, "v") or find_tag(tags, "V")
    if version is not None:
        return version.value.upper().startswith("DKIM")
    if find_tag(tags, "p") is None:
        return False
    return all(len(tag.name) == 1 for tag in tags)


def repair_dkim_key(text: str) -> str:
    """The record without pasted quotation marks, backslashes and surrounding white space."""
    return text.replace('"', "").replace("\\", "").strip(WSP)


def public_key_numbers(record: DkimKeyRecord) -> PublicKey | None:
    """The RSA modulus and exponent of a record that has them."""
    raw = _decode(record.public_key)
    found = parse_public_key(raw) if raw else None
    return found if found is not None and found.algorithm == "rsa" else None


def public_key_octets(record: DkimKeyRecord) -> bytes:
    """The decoded ``p``: for ed25519 the key itself. Empty where it is not base64."""
    return _decode(record.public_key) or b""


def _find_pasted(text: str, tags: tuple[Tag, ...], reading: _Reading) -> bool:
    """Note quotation marks and backslashes outside ``n=``, the only free text. True where there are any."""
    notes = find_tag(tags, "n")
    found = False
    for char, (code, name) in _PASTED.items():
        at = text.find(char)
        if notes is not None and notes.start <= at < notes.end:
            at = text.find(char, notes.end)
        if at >= 0:
            found = True
            message = f"{name} is part of the record's text: it was pasted with the zone file's quoting"
            reading.note(code, message, (at, at + 1))
    return found


def _read_version(text: str, reading: _Reading, pasted: bool) -> None:
    tag = find_tag(reading.tags, "v")
    if tag is None:
        return
    if tag.value != "DKIM1" and not (pasted and repair_dkim_key(tag.value) == "DKIM1"):
        reading.note("bad-version", f"v={tag.value[:40]} is not v=DKIM1", (tag.start, tag.end))
    if tag is not reading.tags[0]:
        reading.note("version-not-first", "v=DKIM1 must be the first tag", (tag.start, tag.end))


def _read_key_type(reading: _Reading, pasted: bool) -> str:
    tag = find_tag(reading.tags, "k")
    if tag is None:
        return "rsa"
    value = repair_dkim_key(tag.value) if pasted else tag.value
    if value not in KEY_TYPES:
        hint = f": write k={value.lower()}" if value.lower() in KEY_TYPES else ""
        reading.note(
            "unknown-key-type", f"k={tag.value[:40]} is not a known key type{hint}", (tag.start, tag.end)
        )
    return value


def _read_public_key(text: str, reading: _Reading, key_type: str, pasted: bool) -> tuple[str, int, bool]:
    """The base64 without white space, the key's length in bits, and whether it is revoked."""
    tag = find_tag(reading.tags, "p")
    if tag is None:
        if not (pasted and find_tag(parse_tags(repair_dkim_key(text))[0], "p")):
            reading.note("no-public-key", "there is no p= tag, so there is no key", (0, len(text)))
        return "", 0, False
    value = without_whitespace(repair_dkim_key(tag.value) if pasted else tag.value)
    if not value:
        return "", 0, True
    raw = _decode(value)
    if raw is None:
        start, _ = value_span(tag)
        reading.note("malformed-base64", _base64_fault(value), (start, tag.end))
        return value, 0, False
    if key_type == "ed25519":
        return value, _ed25519_bits(raw, tag, reading), False
    if key_type == "rsa":
        return value, _rsa_bits(raw, tag, reading), False
    return value, 0, False


def _ed25519_bits(raw: bytes, tag: Tag, reading: _Reading) -> int:
    if len(raw) == _ED25519_OCTETS:
        return 256
    found = parse_public_key(raw)
    if found is not None and found.algorithm != "ed25519":
        message = f"k=ed25519, but p= holds a key of the type {found.algorithm}"
        reading.note("wrong-key-type", message, value_span(tag))
    else:
        wrapped = ": publish the bare key, without the DER around it" if found else ""
        message = f"an ed25519 key has 32 octets, and p= holds {len(raw)}{wrapped}"
        reading.note("not-a-key", message, value_span(tag))
    return 0


def _rsa_bits(raw: bytes, tag: Tag, reading: _Reading) -> int:
    found = parse_public_key(raw)
    span = value_span(tag)
    if found is None and len(raw) == _ED25519_OCTETS:
        reading.note("wrong-key-type", "p= holds an ed25519 key, but k=ed25519 is missing", span)
        return 0
    if found is None:
        reading.note("not-a-key", "p= is base64, but no public key: it may have been cut off", span)
        return 0
    if found.algorithm != "rsa":
        message = f"p= holds a key of the type {found.algorithm}, where an RSA key belongs"
        reading.note("wrong-key-type", message, span)
        return 0
    if found.bits < MIN_BITS:
        reading.note("short-key", f"the key has {found.bits} bits; at least {MIN_BITS} are demanded", span)
    elif found.bits < ADVISED_BITS:
        message = f"the key has {found.bits} bits; {ADVISED_BITS} are advised"
        reading.note("weak-key", message, span, fatal=False)
    elif found.bits > MAX_BITS:
        message = f"the key has {found.bits} bits; verifiers need not handle more than {MAX_BITS}"
        reading.note("long-key", message, span, fatal=False)
    return found.bits


def _decode(value: str) -> bytes | None:
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


def _base64_fault(value: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    bad = next((char for char in value if char not in alphabet), "")
    if bad:
        return f"p= is not base64: {bad!r} may not stand in it"
    if len(value) % 4:
        return f"p= is not base64: {len(value)} characters are no multiple of 4; it may have been cut off"
    return "p= is not base64: the padding = stands in the wrong place"


def _tag(tags: tuple[Tag, ...], name: str) -> Tag:
    return next(tag for tag in tags if tag.name == name)


def _read_list(tags: tuple[Tag, ...], name: str) -> tuple[str, ...]:
    """The parts of a colon-separated value, without white space."""
    tag = find_tag(tags, name)
    if tag is None:
        return ()
    return tuple(part for part in without_whitespace(tag.value).split(":") if part)
