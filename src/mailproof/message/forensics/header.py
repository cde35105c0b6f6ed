"""Find out how the signed header fields were modified if a signature does not verify: see ``forensics``.

The hash its signer computed can be recovered from an RSA signature (RFC 8017 section 8.2.2). If it can, the
key is the right one and only the header differs; each trial then costs one hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import b2a_qp
from collections.abc import Callable, Iterator
from itertools import islice

from mailproof.message.canonical import canonical_fields, own_field, signed_fields
from mailproof.message.crypto import UnusableKey, signature_holds, signed_digest
from mailproof.message.forensics.effort import Effort, Mangling
from mailproof.model import DkimKeyRecord
from mailproof.records.dkim_signature import DkimSignature
from mailproof.records.header_text import decode_words
from mailproof.records.message import HeaderField
from mailproof.structs import replace

_TAGS = re.compile(
    r"\A(?P<re>(?:(?:re|fwd?|aw|wg)\s?:\s?){0,3})"
    r"(?P<tag>\[[^\]]{1,80}\]|\*{1,8}[^*]{1,40}\*{1,8}|\{[^}]{1,40}\}|[A-Z]{3,12}:|\([^)]{1,40}\))\s{0,3}",
    re.IGNORECASE,
)
#: Where list software preserves the From field that it rewrites.
_FORMER_FROM = ("x-original-from", "x-mailman-original-from", "original-from", "x-from", "reply-to")
_GUESSES = (
    ("mime-version", ("1.0",)),
    ("content-transfer-encoding", ("7bit", "8bit", "quoted-printable", "base64")),
    (
        "content-type",
        ("text/plain", "text/plain; charset=utf-8", 'text/plain; charset="utf-8"',
         "text/plain; charset=us-ascii", "text/plain; charset=UTF-8",
         'text/plain; charset="UTF-8"', "text/html; charset=utf-8",
         "text/plain; charset=iso-8859-1"),
    ),
)  # fmt: skip
_CHARSETS = ("utf-8", "UTF-8", "iso-8859-1", "ISO-8859-1", "us-ascii", "windows-1252")
_CHARSET = re.compile(r"(charset\s?=\s?\"?)[^\s\";]{1,60}", re.IGNORECASE)
_DATE = re.compile(r"(.{5,40}:\d\d)\s{1,9}([+-]\d{4}|[A-Z]{1,5})(?:\s{1,9}\([^()]{1,40}\))?")
#: The spellings of UTC in Date: servers that write Date anew use their own.
_UTC = ("+0000", "GMT", "UT", "UTC", "Z", "-0000", "+0000 (UTC)", "+0000 (GMT)")
#: The key of the signature's own field among the signed ones: no header field has such a name.
_OWN = ":own"
_OCTET = re.compile(r"=([0-9A-Fa-f]{2})")
_MAX_TRIED = 800
_MAX_SINGLE = 200
_MAX_FIELDS = 300

#: A trial: the fields to use instead of the message's, and the modification that they undo.
_Trial = tuple[tuple[HeaderField, ...], Mangling]


def find_header_cause(
    headers: tuple[HeaderField, ...],
    field: HeaderField,
    signature: DkimSignature,
    key: DkimKeyRecord,
    effort: Effort,
) -> tuple[Mangling | None, bool | None]:
    """The cause, and whether the published key made the signature (None: unknown)."""
    try:
        wanted = signed_digest(key, signature.signature)
    except UnusableKey:
        return None, None
    if wanted is None and key.key_type != "ed25519":
        reason = "the published key is not the one that signed (or b= was damaged)"
        return Mangling("other-key", reason), False
    # The signature's own field is signed last, and can be changed like any other.
    own = HeaderField(field.name, own_field(field, signature, "simple") + b"\r\n", _OWN, "")
    others = [each for each in headers if each is not field]
    signed = replace(signature, signed_headers=(*signature.signed_headers, _OWN))
    how = signature.header_canonicalization

    def holds(data: bytes) -> bool:
        if wanted is not None:
            return hashlib.sha256(data).digest() == wanted
        effort.spend(30_000)
        return signature_holds(key, data, signature.signature)

    for count, (fields, cause) in enumerate(_trials((*others, own), signed)):
        covered = signed_fields(fields, signed.signed_headers)
        data = canonical_fields(b"".join([each.raw for each in covered]), how).removesuffix(b"\r\n")
        if count >= _MAX_TRIED or not effort.spend(len(data) * 4 + 2000):
            break
        if holds(data):
            return cause, True
    if wanted is None:
        return None, None
    names = list(dict.fromkeys(signature.signed_headers))
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    reason = f"the key is the right one, so one of the signed fields ({listed}) was changed or removed"
    return Mangling("header-unknown", reason), True


def _trials(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    if len(fields) > _MAX_FIELDS:
        return
    yield from _from_copy(fields, signature)
    if signature.header_canonicalization == "simple":
        yield from _refolded(fields, signature)
    single = list(islice(_single(fields, signature), _MAX_SINGLE))
    yield from single
    yield from _respaced(fields, signature)
    yield from _restored(fields, signature)
    yield from _reencoded(fields, signature)
    listed = [
        trial for trial in single if trial[1].code in ("subject-changed", "from-rewritten", "header-added")
    ]
    yield from _all_added(fields, signature)
    for once, cause in listed[:12]:
        for twice, other in islice(_single(once, signature), _MAX_SINGLE // 4):
            yield twice, Mangling(cause.code, f"{cause.reason}, and {other.reason}")


def _from_copy(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Restore the original values that the signer recorded in ``z=`` (RFC 6376 section 3.5)."""
    tag = signature.tag("z")
    changed, said = list(fields), []
    for part in "".join(tag.value.split()).split("|")[:60] if tag else ():
        name, colon, kept = part.partition(":")
        places = [index for index, field in enumerate(fields) if field.key == name.lower()]
        if not colon or name.lower() not in signature.signed_headers:
            continue
        value = _OCTET.sub(lambda match: chr(int(match[1], 16)), kept)
        if not places:
            changed.append(HeaderField.of(name, f"{name}:{value}\r\n".encode("latin-1", "replace")))
            said.append(f"{name}, now removed, was “{value.strip()[:80]}”")
            continue
        field = fields[places[-1]]
        raw = field.raw.partition(b":")[0] + b":" + value.encode("latin-1", "replace") + b"\r\n"
        if canonical_fields(raw, "relaxed") != canonical_fields(field.raw, "relaxed"):
            changed[places[-1]] = replace(field, raw=raw)
            said.append(f"{field.name} was “{value.strip()[:80]}”")
    if said:
        yield tuple(changed), Mangling("header-changed", f"{' and '.join(said[:5])} when it was signed (z=)")


def _single(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    yield from _changed(fields, signature)
    yield from _removals(fields, signature)


def _all_added(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Without all signed fields that a list may have added, with and without the Subject's tag."""
    names = [
        name
        for name in dict.fromkeys(signature.signed_headers)
        if name in ("reply-to", "sender", "cc", "in-reply-to", "references") or name.startswith("list-")
    ]
    kept = tuple(field for field in fields if field.key not in names)
    if len(kept) == len(fields):
        return
    gone = ", ".join(dict.fromkeys(field.name for field in fields if field.key in names))
    cause = Mangling("header-added", f"{gone} was added or replaced")
    yield kept, cause
    for once, other in _changed(kept, signature):
        yield once, Mangling(other.code, f"{other.reason}, and {cause.reason}")


def _changed(fields: tuple[HeaderField, ...], signature: DkimSignature, key: str = "") -> Iterator[_Trial]:
    """Single fields with other values: all that are signed, or those of one name."""
    for index, field in enumerate(fields):
        if field.key not in signature.signed_headers or key not in ("", field.key):
            continue
        for value, cause in _values(field, fields):
            raw = field.raw.partition(b":")[0] + b": " + value.encode("utf-8", "replace") + b"\r\n"
            yield (*fields[:index], replace(field, raw=raw), *fields[index + 1 :]), cause


def _values(field: HeaderField, fields: tuple[HeaderField, ...]) -> Iterator[tuple[str, Mangling]]:
    if field.key == "subject":
        for value, tag in _subjects(field):
            yield value, Mangling("subject-changed", f"{tag} was added to the Subject")
    elif field.key == "from":
        for name in _FORMER_FROM:
            for other in fields:
                if other.key == name:
                    reason = f"From was rewritten (its former value is in {other.name})"
                    yield other.value, Mangling("from-rewritten", reason)
    elif field.key in ("content-transfer-encoding", "content-type"):
        variants = _content_types(field.value) if field.key == "content-type" else ()
        for value in dict.fromkeys((*dict(_GUESSES)[field.key], *variants)):
            yield value, Mangling("header-changed", f"{field.name} was changed from “{value}”")
        if field.key == "content-transfer-encoding":
            for change in (str.upper, str.lower):
                yield change(field.value), Mangling("header-changed", f"the case of {field.name} was changed")
    spelt = _dates if field.key == "date" else _respelt
    if field.key in ("to", "cc", "from", "date", "reply-to", "sender") and len(field.value) < 2000:
        for value in spelt(field.value):
            if value != field.value:
                yield value, Mangling("header-changed", f"the spelling of {field.name} was changed")


def _content_types(value: str) -> Iterator[str]:
    """The value with another character set, and with its parameters quoted or not."""
    for charset in _CHARSETS:
        yield _CHARSET.sub(rf"\g<1>{charset}", value)
    yield re.sub(r'="([^"\s;]{1,200})"', r"=\1", value)
    yield re.sub(r'=([^"\s;]{1,200})', r'="\1"', value)


def _dates(value: str) -> Iterator[str]:
    """The date with other spellings of its zone and of its day."""
    match = _DATE.fullmatch(value)
    zones = (match[2], *(_UTC if match[2] in _UTC else ())) if match else ()
    for zone in zones:
        written = f"{match[1]} {zone}" if match else value
        yield written
        yield re.sub(r"\b0(\d )", r"\1", written, count=1)
        yield re.sub(r"(\A|, )(\d )", r"\g<1>0\2", written, count=1)


def _subjects(field: HeaderField) -> Iterator[tuple[str, str]]:
    """The subject without its tag or without some first or last words, and what was removed."""
    plain, decoded = field.value, decode_words(field.value)
    for text in dict.fromkeys((plain, decoded)):
        if match := _TAGS.match(text[:500]):
            rest = text[match.end() :]
            for value in (match["re"] + rest, rest):
                for written in _encodings(value):
                    yield written, f"“{match['tag']}”"
    words = decoded.split(" ")
    cuts = [(words[count:], words[:count]) for count in range(1, min(5, len(words)))]
    cuts += [(words[:-count], words[-count:]) for count in range(1, min(4, len(words)))]
    for kept, gone in cuts:
        for written in _encodings(" ".join(kept)):
            yield written, f"“{' '.join(gone)[:60]}”"


def _encodings(text: str) -> Iterator[str]:
    """The encodings in which a header may hold this subject."""
    yield text
    if not text.isascii():
        raw = text.encode()
        for charset in ("UTF-8", "utf-8"):
            yield f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
            quoted = b2a_qp(raw, header=True, istext=False).decode().replace("=\n", "").replace("?", "=3F")
            for form in ("Q", "q"):
                yield f"=?{charset}?{form}?{quoted}?="


def _respelt(value: str) -> Iterator[str]:
    changes: tuple[Callable[[str], str], ...] = (
        lambda v: v.replace('"', ""),
        lambda v: re.sub(r"(\A|,\s?)([^\"<,]{1,80}[^\"<,\s])\s?<", r'\1"\2" <', v),
        lambda v: re.sub(r"\A\s?<([^<>]{1,320})>\s?\Z", r"\1", v),
        lambda v: f"<{v}>",
        lambda v: v.replace(",", ", ").replace(",  ", ", "),
        lambda v: v.replace(", ", ","),
        decode_words,
    )
    for change in changes:
        yield change(value)


def _removals(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Without single signed fields, and with the fields of one name in reverse order."""
    for index, field in enumerate(fields):
        if field.key in signature.signed_headers:
            rest = fields[:index] + fields[index + 1 :]
            yield rest, Mangling("header-added", f"the field {field.name} was added ({field.value[:60]})")
    for name in dict.fromkeys(signature.signed_headers):
        places = [index for index, field in enumerate(fields) if field.key == name]
        if 2 <= len(places) <= 20:
            turned = list(fields)
            for place, other in zip(places, reversed(places), strict=True):
                turned[place] = fields[other]
            yield tuple(turned), Mangling("header-reordered", f"the {name} fields were reordered")


def _respaced(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Undo blanks that refolding added to or removed from a list of addresses or URLs; relaxed sees them."""
    for index, field in enumerate(fields):
        if field.key not in signature.signed_headers or len(field.raw) > 8192:
            continue
        if not field.key.startswith("list-") and field.key not in ("references", "to", "cc", _OWN):
            continue
        cause = Mangling("header-refolded", f"{field.name} was refolded, with spaces added or removed")
        spaced = _tag_spacings if field.key == _OWN else _spacings
        for raw in dict.fromkeys(spaced(field.raw)):
            if raw != field.raw:
                yield (*fields[:index], replace(field, raw=raw), *fields[index + 1 :]), cause


def _spacings(raw: bytes) -> Iterator[bytes]:
    """Possible spacings between the entries of a list, and inside URLs."""
    yield re.sub(rb"\r\n[ \t]{1,80}(?=\S)", b"", raw)
    bare = re.sub(rb"<[^<>]{1,2000}>", lambda match: re.sub(rb"\s", b"", match[0]), raw)
    for whole in (raw, bare):
        yield whole
        yield re.sub(rb",\s{0,80}<", b",<", whole)
        yield re.sub(rb",\s{0,80}<", b", <", whole)
    yield re.sub(rb">\s{0,80},\s{0,80}<", b"> , <", raw)


def _tag_spacings(raw: bytes) -> Iterator[bytes]:
    """Possible spacings of a list of tags, between and inside their values."""
    yield re.sub(rb"\r\n[ \t]{1,80}(?=\S)", b"", raw)
    yield re.sub(rb"\s{0,80}:\s{0,80}", b":", raw).replace(b":", b": ", 1)
    name, _, value = raw.partition(b":")
    bare = re.sub(rb"\s", b"", value)
    for between in (b"; ", b";"):
        for end in (b"", b" "):
            yield name + b": " + bare.replace(b";", between) + end + b"\r\n"


def _reencoded(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Content-Type and Content-Transfer-Encoding both changed, as by a conversion of the text."""
    for once, cause in _changed(fields, signature, "content-type"):
        for both, other in _changed(once, signature, "content-transfer-encoding"):
            yield both, Mangling("header-changed", f"{cause.reason}, and {other.reason}")


def _restored(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Restore signed fields whose value can be guessed."""
    present = {field.key for field in fields}
    for name, guesses in _GUESSES:
        if name in signature.signed_headers and name not in present:
            for value in guesses:
                title = "-".join(part.capitalize() for part in name.split("-")).replace("Mime", "MIME")
                lost = HeaderField.of(title, f"{title}: {value}\r\n".encode())
                yield (*fields, lost), Mangling("header-changed", f"the field “{title}: {value}” was removed")


def _refolded(fields: tuple[HeaderField, ...], signature: DkimSignature) -> Iterator[_Trial]:
    """Undo changes of white space and of the case of names, which only simple canonicalization detects."""
    space, case = "refolded or respaced", "spelled in another case"
    changes: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        (space, lambda raw: re.sub(rb"\r\n(?=[ \t])", b"", raw)),
        (space, lambda raw: re.sub(rb"\r\n[ \t]{1,80}", b" ", raw)),
        (space, lambda raw: re.sub(rb"\r\n[ \t]", b"\r\n\t", raw)),
        (space, lambda raw: re.sub(rb"\r\n[ \t]", b"\r\n ", raw)),
        (space, lambda raw: re.sub(rb":[ \t]{1,80}", b": ", raw, count=1)),
        (space, lambda raw: raw.replace(b": ", b":", 1)),
        (space, lambda raw: raw.replace(b":", b": ", 1)),
        (space, lambda raw: raw.removesuffix(b"\r\n").rstrip(b" \t") + b"\r\n"),
        (case, lambda raw: _renamed(raw, bytes.title)),
        (case, lambda raw: _renamed(raw, _usual)),
        (case, lambda raw: _renamed(raw, bytes.lower)),
    )
    for done, change in changes:
        changed = [replace(field, raw=change(field.raw)) for field in fields]
        other = [
            index
            for index, field in enumerate(fields)
            if field.key in signature.signed_headers and changed[index].raw != field.raw
        ]
        were = f"{fields[other[0]].name} was" if len(other) == 1 else "header fields were"
        cause = Mangling("header-refolded", f"{were} {done}, which c=simple does not allow")
        yield tuple(changed), cause
        for index in other if len(other) > 1 else ():
            reason = f"{fields[index].name} was {done}, which c=simple does not allow"
            one = (*fields[:index], changed[index], *fields[index + 1 :])
            yield one, Mangling("header-refolded", reason)


def _renamed(raw: bytes, spell: Callable[[bytes], bytes]) -> bytes:
    name, colon, value = raw.partition(b":")
    return spell(name) + colon + value


def _usual(name: bytes) -> bytes:
    """The name as the RFCs write it."""
    return name.title().replace(b"Mime", b"MIME").replace(b"-Id", b"-ID").replace(b"Dkim", b"DKIM")
