"""Key records as intended: one rewritten, several that form one key, a CNAME entered as TXT."""

from __future__ import annotations

import re
from itertools import permutations

from msgspec import Struct

from mailproof.model import DkimKeyRecord, DkimSelectorFacts
from mailproof.records.dkim_key import KEY_TYPES, looks_like_dkim_key, parse_dkim_key
from mailproof.records.dkim_material import read_material
from mailproof.records.dkim_plain import plain_key_text
from mailproof.records.hostnames import typed_host
from mailproof.records.tags import WSP, find_tag, without_whitespace

#: Faults of well-formed records, which a repair does not change.
SEMANTIC = frozenset(("no-sha256", "not-for-email", "short-key"))
#: A key of 4096 bits fills three strings of 255 characters, and a fourth may hold the tags before it.
MAX_PARTS = 4
_MAX_CANDIDATES = 5
_PART = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")
#: A semicolon in the middle of a key, with p= again or without, and one at its end.
_INSIDE = re.compile(r";\s{0,8}(?:p\s{0,8}=\s{0,8})?(?=[A-Za-z0-9+/]{20,}={0,2}[\s;]{0,8}\Z)")
_KEY_TAG = re.compile(r"(?:^|[;\s])p\s{0,8}=", re.IGNORECASE)
_HASHES = {"sha256": "sha256", "sha-256": "sha256", "rsa-sha256": "sha256", "sha1": "sha1", "sha-1": "sha1"}
_MAIL = frozenset(("email", "e-mail", "mail", "smtp"))


class JoinedKey(Struct, frozen=True):
    """A key entered as several TXT records: ``parts`` in order, ``text`` the single record to publish."""

    text: str
    parts: tuple[str, ...]


def rewritten_key(record: DkimKeyRecord, **changes: str | None) -> str:
    """The record with tags set, or removed if the value is None: ``v=DKIM1`` first and the key last."""
    values: dict[str, str] = {}
    for tag in record.tags:
        values.setdefault(tag.name, tag.value if tag.name == "n" else " ".join(tag.value.split()))
    values |= {name: value for name, value in changes.items() if value is not None}
    for name in ("v", *(name for name, value in changes.items() if value is None)):
        values.pop(name, None)
    if "p" in values:
        values["p"] = values.pop("p")
    return "; ".join(("v=DKIM1", *(f"{name}={value}" for name, value in values.items())))


def repaired_key(text: str) -> str:
    """The record as its author intended it, if that is certain and verifiers can read it; else empty.

    Keeps what the record says (``t=y``, ``h=sha1``, a short key) and changes only how it is written.
    """
    record = parse_dkim_key(text)
    values = {tag.name: tag.value for tag in record.tags}
    whole = _INSIDE.sub("", text)
    keys = {tag.value.strip(WSP) for tag in record.tags if tag.name == "p"}
    same = len(keys) == 1 or len({read_material(key).text or key for key in keys}) == 1
    if not same or any(values[tag.name] != tag.value for tag in record.tags if tag.name != "p"):
        first = find_tag(record.tags, "p")
        # An empty first p= revokes the key: one after it is not brought back.
        cut = first is not None and first.value.strip(WSP) and not read_material(first.value).text
        return repaired_key(whole) if cut and whole != text else ""
    changes: dict[str, str | None] = {}
    if values["p"].strip(WSP):
        material = read_material(values["p"], values.get("k", "").lower())
        if not material.kind or not material.text:
            return repaired_key(whole) if whole != text else ""
        changes["p"] = material.text
        if material.kind == KEY_TYPES[1] or "k" in values or len(values) == 1:
            changes["k"] = material.kind
    elif values.get("k", "rsa").lower() in KEY_TYPES:
        changes["k"] = values["k"].lower() if "k" in values else None
    if "h" in values:
        changes["h"] = ":".join(
            _HASHES.get(part.strip().lower(), part.strip()) for part in values["h"].split(":")
        )
    if "s" in values and values["s"].strip().lower() in _MAIL:
        changes["s"] = "email"
    meant = rewritten_key(record, **changes)
    faults = {problem.code for problem in parse_dkim_key(meant).problems if problem.fatal}
    return meant if faults <= SEMANTIC else ""


def canonical_key(text: str) -> str:
    """The key of a record in canonical form, from any form it was published in; empty if it has none."""
    record = parse_dkim_key(text)
    value = next((tag.value for tag in record.tags if tag.name == "p"), "")
    return read_material(value, record.key_type).text


def joined_key(records: tuple[str, ...]) -> JoinedKey | None:
    """The key that two to four of the TXT records at a selector form when joined, if they form exactly one.

    DNS does not preserve order, so all orders are tried; the length fields of an RSA key show if it is whole.
    """
    wanted = tuple(text for text in records if is_key_part(text) or looks_like_dkim_key(text))
    whole = [text for text in wanted if _is_whole(text)]
    if len(whole) > 1 or (whole and not any(_has_no_key(text) for text in wanted)):
        return None  # each is a complete key
    for size in range(min(MAX_PARTS, len(wanted)), 1, -1):
        orders = permutations(wanted[:_MAX_CANDIDATES], size)
        found = {meant: order for order in orders if (meant := _joined(order))}
        if found:
            return JoinedKey(*next(iter(found.items()))) if len(found) == 1 else None
    return None


def is_key_part(text: str) -> bool:
    """Whether a text may be part of a key: only base64, fairly long, and not a plain word or number."""
    plain = without_whitespace(plain_key_text(text).text).rstrip(";")
    kinds = (str.isupper, str.islower, "0123456789+/".__contains__)
    return _PART.fullmatch(plain) is not None and all(any(map(kind, plain)) for kind in kinds)


def _is_whole(text: str) -> bool:
    """Whether a record with a ``p=`` holds a complete key, however badly written."""
    record = parse_dkim_key(repaired_key(text) if _KEY_TAG.search(text) else "")
    # Any 32 octets may be an ed25519 key, but equally a part of another key.
    sure = record.key_type == "rsa" or parse_dkim_key(text).key_type.lower() == record.key_type
    return sure and record.bits > 0


def _has_no_key(text: str) -> bool:
    """Whether the text has only the other tags of a key record."""
    return not _KEY_TAG.search(text) and not is_key_part(text)


def alias_in_txt(facts: DkimSelectorFacts) -> str:
    """The target of a CNAME that was entered as a TXT record at this selector."""
    if facts.record is not None or len(facts.records) != 1 or facts.target:
        return ""
    return typed_host(facts.records[0])


def _joined(parts: tuple[str, ...]) -> str:
    """The joined record: other tags, then the key from its beginning. Empty if the result is not a key."""
    whole = plain_key_text(parts[0]).text.strip(WSP)
    for part in parts[1:]:
        more = plain_key_text(part).text.strip(WSP)
        begun = _KEY_TAG.search(more)
        if _has_no_key(whole):
            whole = f"{whole.rstrip('; ')}; {more}"
            continue
        rest = more[begun.end() :].strip(WSP) if begun and not is_key_part(whole) else more
        if not is_key_part(rest.rstrip("; ")):
            return ""
        whole = whole.rstrip("; ") + rest
    meant = repaired_key(whole)
    return meant if meant and parse_dkim_key(meant).bits else ""
