"""A raw message as header fields and body, without judging it. Linear, bounded, raises nothing."""

from __future__ import annotations

from msgspec import Struct

MAX_FIELDS = 5000


class RawField(Struct, frozen=True):
    """One header field: ``name`` in lower case, ``value`` unfolded, ``raw`` as it stood."""

    name: str
    value: str
    raw: bytes


def split_message(raw: bytes) -> tuple[tuple[RawField, ...], bytes]:
    """The header fields in order and the body. CRLF and bare LF are both taken as line ends."""
    head, body = _split(raw)
    fields: list[RawField] = []
    current: list[bytes] = []
    for line in head.splitlines(keepends=True):
        if line[:1] in (b" ", b"\t") and current:
            current.append(line)
            continue
        if current:
            fields.append(_field(b"".join(current)))
        current = [line]
        if len(fields) >= MAX_FIELDS:
            return tuple(fields), body
    if current:
        fields.append(_field(b"".join(current)))
    return tuple(f for f in fields if f.name), body


def _split(raw: bytes) -> tuple[bytes, bytes]:
    if raw.startswith((b"\r\n", b"\n")):
        return b"", raw.lstrip(b"\r\n")
    ends = [(at, size) for at, size in ((raw.find(b"\r\n\r\n"), 4), (raw.find(b"\n\n"), 2)) if at >= 0]
    if not ends:
        return raw, b""
    at, size = min(ends)
    return raw[: at + size // 2], raw[at + size :]


def _field(raw: bytes) -> RawField:
    name, colon, value = raw.partition(b":")
    text = name.decode("latin-1").strip().lower()
    if not colon or not text or " " in text:
        return RawField("", "", raw)
    unfolded = value.decode("utf-8", "replace").replace("\r", "").replace("\n", "")
    return RawField(text, unfolded.strip(), raw)


def first(fields: tuple[RawField, ...], name: str) -> str:
    """The first value of that name, or nothing."""
    return next((f.value for f in fields if f.name == name), "")
