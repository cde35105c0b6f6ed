"""DKIM key records (RFC 6376 section 3.6.1, with RFC 8301 and RFC 8463), read as their author meant them."""

from __future__ import annotations

from msgspec import Struct, field

from mailproof.model import DkimKeyRecord, Tag, TagProblem
from mailproof.records.der import PublicKey, parse_public_key
from mailproof.records.dkim_material import KeyMaterial, decode, read_material
from mailproof.records.dkim_plain import plain_key_text, with_punctuation
from mailproof.records.remember import remembered
from mailproof.records.tags import WSP, find_tag, parse_tags, value_span, without_whitespace
from mailproof.structs import replace

#: RFC 8301 section 3.2: verifiers refuse shorter RSA keys, signers should use at least 2048 bits.
MIN_BITS = 1024
ADVISED_BITS = 2048
#: RFC 8301 section 3.2: the longest key that every verifier must support. Longer ones may be rejected.
MAX_BITS = 4096
KEY_TYPES = ("rsa", "ed25519")
#: Tags of RFC 6376, and g= of RFC 4871.
KNOWN_TAGS = frozenset("vkphstng")
#: Faults of keys that some verifiers accept nevertheless.
READ_BY_SOME = ("pkcs1-key", "trailing-octets")
#: The faults that a truncated key shows.
_CUT = ("malformed-base64", "not-a-key")
#: The capacity of one string of a TXT record: control panels that support a single string truncate there.
_ONE_STRING = 255


class _Reading(Struct):
    """State collected while the tags are parsed."""

    text: str
    tags: tuple[Tag, ...]
    problems: list[TagProblem] = field(default_factory=list)

    def note(self, code: str, message: str, place: Tag | tuple[int, int], *, fatal: bool = True) -> None:
        start, end = (place.start, place.end) if isinstance(place, Tag) else place
        self.problems.append(TagProblem(code, message, start, end, fatal))


@remembered(1024)
def parse_dkim_key(text: str) -> DkimKeyRecord:
    """Parse the text of a key record (its strings joined). Never raises: see ``problems``.

    ``tags`` are as intended: without accidentally pasted text, with missing semicolons restored, and with
    the key in ``p`` even if it was untagged or under another name. ``problems`` describe the record as
    written. Codes besides those of ``parse_tags`` and ``plain_key_text``, fatal unless noted:
    ``punctuation``, ``tag-case``, ``version-not-first``, ``bad-version``, ``unknown-key-type``,
    ``no-public-key``, ``bare-key``, ``malformed-base64``, ``not-a-key``, ``wrong-key-type``, ``private-key``,
    ``small-order``, ``short-key``, ``no-sha256``, ``not-for-email``; not fatal: ``pkcs1-key``,
    ``trailing-octets``, ``weak-key`` (under 2048 bits), ``long-key`` (over 4096), ``obsolete-granularity``,
    ``non-ascii``.
    """
    plain = plain_key_text(text)
    record = _read(text, plain.text, plain.problems)
    faults = _fatal(record) - len(plain.problems)
    if faults:
        separated, problem = with_punctuation(plain.text)
        if problem is not None:
            again = _read(text, separated, (*plain.problems, problem))
            if _fatal(again) - len(plain.problems) <= faults:
                return again
    return record


def looks_like_dkim_key(text: str) -> bool:
    """Whether a TXT record was intended as a DKIM key, however broken it is.

    It is one if it begins with ``v=DKIM…`` (in any case, quoted or not), has a ``p`` tag and no other ``v``,
    or holds a public key. Any other record at a selector is unrelated (SPF or a verification token under a
    wildcard, say).
    """
    record = parse_dkim_key(text)
    version = find_tag(record.tags, "v")
    if version is not None and version.value.upper().startswith("DKIM"):
        return True
    if find_tag(record.tags, "p") is None:
        return False
    if any(problem.code == "private-key" for problem in record.problems):
        return True
    material = read_material(record.public_key, record.key_type)
    return bool(material.kind) or (version is None and all(len(tag.name) == 1 for tag in record.tags))


def public_key_numbers(public_key: str) -> PublicKey | None:
    """The RSA modulus and exponent in the value of ``p``; None if it is not an RSA key."""
    raw = decode(public_key)
    found = parse_public_key(raw) if raw else None
    return found if found is not None and found.algorithm == "rsa" else None


def public_key_octets(record: DkimKeyRecord) -> bytes:
    """The decoded ``p``: for ed25519 the key itself. Empty if it is not base64."""
    return decode(record.public_key) or b""


def _fatal(record: DkimKeyRecord) -> int:
    return sum(problem.fatal for problem in record.problems)


def _read(text: str, plain: str, problems: tuple[TagProblem, ...]) -> DkimKeyRecord:
    """Parse ``plain``, the cleaned text; it has the same length as ``text``, the record as written."""
    tags, faults = parse_tags(plain)
    reading = _Reading(text, tags)
    _read_key_tag(reading, plain, faults)
    _read_case(reading)
    alone = any(problem.code == "bare-key" for problem in reading.problems)
    # The armour lines around an untagged key were pasted along with it: together, they are one fault.
    reading.problems.extend(
        problem for problem in problems if not (alone and problem.code == "pasted-armour")
    )
    tags = reading.tags
    _read_version(reading, pasted=bool(problems))
    key_type = _read_key_type(reading)
    public_key, bits, revoked = _read_public_key(reading, key_type)
    hash_tag, service_tag, notes = (find_tag(tags, name) for name in "hsn")
    hashes, services, flags = _parts(hash_tag), _parts(service_tag) or ("*",), _parts(find_tag(tags, "t"))
    if hash_tag and hashes and "sha256" not in hashes:
        message = f"h={hash_tag.value} leaves out sha256, the only hash still accepted"
        reading.note("no-sha256", message, hash_tag)
    if service_tag and "*" not in services and "email" not in services:
        reading.note("not-for-email", f"s={service_tag.value} does not allow e-mail", service_tag)
    if granularity := find_tag(tags, "g"):
        reading.note("obsolete-granularity", "g= is obsolete and ignored", granularity, fatal=False)
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


def _read_key_tag(reading: _Reading, plain: str, faults: tuple[TagProblem, ...]) -> None:
    """Use a key that is untagged, or under an unknown name, as the ``p`` if that is missing or empty.

    Also notes the faults of the tag list, with one for such a key: ``bare-key`` or ``no-public-key``.
    """
    present = find_tag(reading.tags, "p") or find_tag(reading.tags, "P")
    key = None if present is not None and present.value else _stray_key(reading, plain, faults)
    if key is None:
        reading.problems.extend(faults)
        return
    reading.problems.extend(fault for fault in faults if not key.start <= fault.start <= key.end)
    others = tuple(tag for tag in reading.tags if tag is not present and tag.start != key.start)
    written = plain[key.start : key.end]
    name = written[: len(written) - len(key.value)].rstrip(" =:")
    reading.tags = tuple(sorted((*others, key), key=lambda tag: tag.start))
    if name:
        message = f"{name}= is not a tag of a key record: the key belongs in p="
        reading.note("no-public-key", message, (key.start, key.start + len(name)))
    else:
        missing = f"the tags v=DKIM1; k={read_material(key.value).kind or 'rsa'}; p=" if not others else "p="
        reading.note("bare-key", f"the key is without {missing} before it", key)


def _stray_key(reading: _Reading, plain: str, faults: tuple[TagProblem, ...]) -> Tag | None:
    for tag in reading.tags:
        if tag.name in KNOWN_TAGS:
            continue
        if _is_key(reading, tag.value):
            return replace(tag, name="p")
        whole = plain[tag.start : tag.end]
        if not tag.value and _is_key(reading, whole):  # its padding was read as the equals sign
            return Tag("p", whole, tag.start, tag.end)
    for fault in faults:
        if fault.code not in ("no-equals", "bad-name"):
            continue
        end = plain.find(";", fault.start)
        part = plain[fault.start : end if end >= 0 else len(plain)].rstrip(WSP)
        _, colon, value = part.partition(":")
        value = value.strip(WSP) if colon else part
        if _is_key(reading, value):
            return Tag("p", value, fault.start, fault.start + len(part))
    return None


def _is_key(reading: _Reading, value: str) -> bool:
    """Whether it is certainly a public key: any 32 octets could be an ed25519 key without DER."""
    found = read_material(value)
    sure = found.fault == "not-a-key" or any(
        tag.value.upper().startswith(("DKIM", "ED25519")) for tag in reading.tags
    )
    return found.kind == "rsa" or found.fault == "private-key" or (found.kind == "ed25519" and sure)


def _read_case(reading: _Reading) -> None:
    """Correct the case of tag names: they are case-sensitive, so K= is not the intended k=."""
    names = {tag.name for tag in reading.tags}
    tags = []
    for tag in reading.tags:
        name = tag.name.lower()
        if tag.name == name or name not in KNOWN_TAGS or name in names:
            tags.append(tag)
            continue
        tags.append(replace(tag, name=name, value=tag.value.lower() if name == "k" else tag.value))
        # Receivers ignore unknown tags: without p= there is no key, and without k= it is assumed to be RSA.
        fatal = name == "p" or (name == "k" and tag.value.lower() != "rsa")
        if not any(problem.code == "tag-case" and problem.fatal >= fatal for problem in reading.problems):
            message = f"{tag.name}= is not {name}=: tag names are lower case"
            reading.note("tag-case", message, (tag.start, tag.start + len(name)), fatal=fatal)
    reading.tags = tuple(tags)


def _read_version(reading: _Reading, *, pasted: bool) -> None:
    tag = find_tag(reading.tags, "v")
    if tag is None:
        return
    if (without_whitespace(tag.value) if pasted else tag.value) != "DKIM1":
        reading.note("bad-version", f"v={tag.value[:40]} is not v=DKIM1", tag)
    if tag is not reading.tags[0]:
        reading.note("version-not-first", "v=DKIM1 must be the first tag", tag)


def _read_key_type(reading: _Reading) -> str:
    tag = find_tag(reading.tags, "k")
    if tag is None:
        return "rsa"
    if tag.value not in KEY_TYPES:
        hint = f": write k={tag.value.lower()}" if tag.value.lower() in KEY_TYPES else ""
        reading.note("unknown-key-type", f"k={tag.value[:40]} is not a known key type{hint}", tag)
    return tag.value


def _read_public_key(reading: _Reading, key_type: str) -> tuple[str, int, bool]:
    """The base64 without white space, the key's length in bits, and whether the key is revoked."""
    tag = find_tag(reading.tags, "p")
    if tag is None:
        whole = 0, len(reading.text)
        reading.note("no-public-key", "the record has no p= tag, so it has no key", whole)
        return "", 0, False
    value = without_whitespace(tag.value)
    if not value:
        return "", 0, True
    if key_type not in KEY_TYPES:
        return value, 0, False
    material = read_material(tag.value, key_type)
    wrapped = material.kind == "ed25519" and material.fault == "not-a-key"  # the same fault with any k=
    if material.kind and material.kind != key_type and not wrapped:
        reading.note("wrong-key-type", _other_type(key_type, material), value_span(tag))
        return value, 0, False
    if material.fault:
        message = material.message
        if (
            material.fault in _CUT
            and not material.text
            and len(reading.text.encode("utf-8", "replace")) == _ONE_STRING
        ):
            message += "; the record has exactly 255 characters: it was probably cut when it was entered"
        fatal = material.fault not in READ_BY_SOME
        reading.note(material.fault, message, value_span(tag), fatal=fatal)
        if fatal:
            return value, 0, False
    if material.kind == "rsa":
        _read_length(reading, material.bits, value_span(tag))
    return value, material.bits, False


def _other_type(key_type: str, material: KeyMaterial) -> str:
    if key_type == "ed25519":
        return f"k=ed25519, but p= has an {material.kind} key"
    return f"p= has an {material.kind} key, but k={material.kind} is missing"


def _read_length(reading: _Reading, bits: int, span: tuple[int, int]) -> None:
    if bits < MIN_BITS:
        reading.note("short-key", f"the key has {bits} bits; at least {MIN_BITS} are required", span)
    elif bits < ADVISED_BITS:
        reading.note(
            "weak-key", f"the key has {bits} bits; {ADVISED_BITS} are recommended", span, fatal=False
        )
    elif bits > MAX_BITS:
        message = f"the key has {bits} bits; verifiers need not handle more than {MAX_BITS}"
        reading.note("long-key", message, span, fatal=False)


def _parts(tag: Tag | None) -> tuple[str, ...]:
    """The parts of a colon-separated value, without white space."""
    return tuple(filter(None, without_whitespace(tag.value).split(":"))) if tag else ()
