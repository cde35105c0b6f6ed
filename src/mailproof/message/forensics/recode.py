"""Undo changes of the transfer encoding or character set of parts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import chain

from mailproof.message.parts import Part

_ENCODING = re.compile(
    rb"(content-transfer-encoding[ \t]{0,9}:[ \t]{0,9})([A-Za-z0-9-]{1,40})", re.IGNORECASE
)
_CHARSETS = ("utf-8", "iso-8859-1", "windows-1252", "iso-8859-15")
#: Common base64 line lengths.
_WIDTHS = (76, 72, 64, 60, 80)

Recoded = tuple[str, str, bytes]


def recoded(body: bytes, parts: tuple[Part, ...]) -> Iterator[Recoded]:
    """Code, reason and body: for each part, then for all parts with the same encoding together."""
    for part in parts:
        for before, content in _transfers(body[part.body : part.end], part.encoding):
            for name in _names(before, part):
                reason = _transfer_reason(before, part, content, name, body[part.body : part.end])
                yield "transfer-encoding", reason, _with_content(body, part, content, name)
        for before, encoding, content in _charsets(body[part.body : part.end], part):
            reason = f"the text was converted from {before} to {part.charset or 'another character set'}"
            if encoding not in ("", part.encoding):
                reason += f" and re-encoded from {encoding} to {part.encoding}"
            for name in _names(encoding, part):
                yield "charset", reason, _with_content(body, part, content, name, before)
    several = [part for part in parts if part.encoding == "quoted-printable" and part.text]
    if len(several) > 1:
        for name in ("8bit", "7bit"):
            whole = body
            for part in reversed(several):
                whole = _with_content(whole, part, _unquote(body[part.body : part.end]), name)
            reason = _transfer_reason("8bit", several[0], whole, name, body)
            yield "transfer-encoding", reason, whole


def _transfer_reason(before: str, part: Part, content: bytes, name: str, now: bytes) -> str:
    """A sentence on the change; ``content`` is the text in encoding ``name``, ``now`` the present text."""
    if before == "8bit":
        before = {"": "", "-": "", "8BIT": "8bit"}.get(name, name) or (
            "7bit" if content.isascii() else "8bit"
        )
        before = "7bit" if before == "8bit" and content.isascii() else before
    if content == now and before != part.encoding:
        return (
            f"the Content-Transfer-Encoding of the {part.media_type} part was changed from {before} to "
            f"{part.encoding}, its text was not"
        )
    if before == part.encoding:
        return f"the {before} text of the {part.media_type} part was rewrapped or re-encoded"
    return f"the {part.media_type} part was re-encoded from {before} to {part.encoding}"


def _transfers(content: bytes, encoding: str) -> Iterator[tuple[str, bytes]]:
    """The content in other encodings, with their names."""
    plain = _plain(content, encoding)
    if plain is None:
        return
    if encoding == "base64":
        yield from _base64(plain)
    if encoding in ("quoted-printable", "base64"):
        yield "8bit", plain
        yield "8bit", re.sub(rb"\r?\n", b"\r\n", plain)
        if encoding == "quoted-printable":
            yield from _base64(plain)
            yield from _base64(plain.replace(b"\r\n", b"\n"))
    else:
        yield from _base64(content)
        yield from _base64(content + b"\r\n")
    for text in dict.fromkeys((plain, re.sub(rb"\r?\n", b"\r\n", plain))):
        if encoding != "base64" or text.isascii() or b"\0" not in text:
            yield from _quoted_printable(text)


def _plain(content: bytes, encoding: str) -> bytes | None:
    """The content without its transfer encoding; None if that is broken."""
    if encoding == "quoted-printable":
        return _unquote(content)
    if encoding != "base64":
        return content
    return from_base64(content)


def from_base64(content: bytes) -> bytes | None:
    """Decode base64 in lines; None if it is anything else."""
    try:
        return base64.b64decode(re.sub(rb"[\r\n \t]", b"", content), validate=True)
    except (binascii.Error, ValueError):
        return None


def in_base64(plain: bytes, width: int) -> bytes:
    """Encode as base64 in lines of this width, without a final line ending."""
    text = base64.b64encode(plain)
    return b"\r\n".join(text[i : i + width] for i in range(0, len(text), width))


def quoted_printable(plain: bytes) -> bytes:
    """Encode as quoted-printable, with LF line endings."""
    return binascii.b2a_qp(plain.replace(b"\r\n", b"\n"), quotetabs=False, istext=True, header=False)


def _base64(plain: bytes) -> Iterator[tuple[str, bytes]]:
    for width in _WIDTHS:
        lines = in_base64(plain, width)
        yield "base64", lines
        yield "base64", lines + b"\r\n"


def _quoted_printable(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """Encode as common encoders do."""
    from email.quoprimime import body_encode

    usual = quoted_printable(plain).replace(b"\n", b"\r\n")
    yield "quoted-printable", usual
    yield "quoted-printable", usual.replace(b"=3D", b"=3d")
    unix = plain.replace(b"\r\n", b"\n").decode("latin-1")
    for width in (76, 75, 72):
        text = body_encode(unix, width).encode("latin-1")
        yield "quoted-printable", text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _unquote(content: bytes) -> bytes:
    return binascii.a2b_qp(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def _charsets(content: bytes, part: Part) -> Iterator[tuple[str, str, bytes]]:
    """The text in other character sets: their names, the transfer encoding ("": as it is), the content."""
    if not part.text:
        return
    now = part.charset or "utf-8"
    encoded = part.encoding in ("base64", "quoted-printable")
    plain = _plain(content, part.encoding) or b""
    if plain.isascii():
        return
    for source in dict.fromkeys((now, *(() if encoded else _CHARSETS))):
        try:
            text = plain.decode(source)
        except (LookupError, UnicodeError, ValueError):
            continue
        for before in _CHARSETS:
            try:
                raw = text.encode(before)
            except UnicodeError:
                continue
            if raw == plain:
                continue
            if not encoded:
                yield before, "", raw
                continue
            yield before, "8bit", raw
            for encoding, written in chain(_quoted_printable(raw), _base64(raw)):
                yield before, encoding, written


def _names(before: str, part: Part) -> tuple[str, ...]:
    """How the part's header may have named the encoding: "" if that header is not in the body."""
    if part.head == part.body:
        return ("",)
    return {"8bit": ("8bit", "7bit", "8BIT", "binary", "-")}.get(before, (before,))


def _with_content(body: bytes, part: Part, content: bytes, encoding: str, charset: str = "") -> bytes:
    """The body with the content and encoding (``-``: no such field) of one part replaced."""
    head = body[part.head : part.body]
    if encoding == "-":
        head = re.sub(rb"(?i)content-transfer-encoding:[^\r\n]{0,200}\r\n", b"", head)
    elif encoding:
        head = _ENCODING.sub(lambda match: match.group(1) + encoding.encode(), head)
    if charset and part.charset:
        head = re.sub(
            re.escape(part.charset.encode("latin-1", "replace")), charset.encode(), head, flags=re.I
        )
    return body[: part.head] + head + content + body[part.end :]
