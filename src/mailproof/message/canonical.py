"""The canonical forms of header fields and bodies (RFC 6376 section 3.4), in linear time.

Not taken from dkimpy, whose regular expressions take quadratic time on long runs of spaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from mailproof.records.dkim_signature import Canonicalization, DkimSignature, without_signature
from mailproof.records.message import HeaderField, RawMessage

#: Octets of a body that are canonicalized at a time, plus the rest of the line.
_CHUNK = 262_144


def canonical_fields(raw: bytes, how: Canonicalization) -> bytes:
    """Canonicalize whole header fields (``Name: value``, folded, each ending in CRLF)."""
    if how == "simple" or not raw:
        return raw
    text = _compress(raw.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")).replace(b" \r\n", b"\r\n")
    fields = [line.partition(b":") for line in text.removesuffix(b"\r\n").split(b"\r\n")]
    return b"".join(
        [b"%b:%b\r\n" % (name.rstrip(b" ").lower(), value.strip(b" ")) for name, _, value in fields]
    )


def canonical_body(body: bytes, how: Canonicalization) -> bytes:
    """Canonicalize a body with CRLF line endings."""
    return b"".join(canonical_chunks(body, how))


def canonical_chunks(body: bytes, how: Canonicalization) -> Iterator[bytes | memoryview]:
    """Yield the canonical body in chunks, so that a large body is not held twice."""
    end = len(body)
    while end >= 2 and body[end - 2 : end] == b"\r\n":
        end -= 2
    if how == "simple":
        if end:
            yield memoryview(body)[:end]
        yield b"\r\n"
        return
    position, held, any_text = 0, b"", False
    while position < end:
        after = body.find(b"\r\n", position + _CHUNK, end)
        after = end if after < 0 else after + 2
        chunk = _compress(body[position:after]).replace(b" \r\n", b"\r\n")
        position = after
        if position == end and chunk.endswith(b" "):
            chunk = chunk[:-1]
        kept = len(chunk)
        while kept >= 2 and chunk[kept - 2 : kept] == b"\r\n":
            kept -= 2
        if kept:
            yield held + chunk[:kept] if held else chunk[:kept]
            held, any_text = b"", True
        held += chunk[kept:]
    if any_text:
        yield b"\r\n"


def signed_fields(headers: Iterable[HeaderField], names: Iterable[str]) -> tuple[HeaderField, ...]:
    """The fields named by ``h``, in its order: repeated names take fields from the bottom up (section 5.4.2).

    A name with no field left signs nothing.
    """
    wanted = tuple(names)
    left: dict[str, list[HeaderField]] = {name: [] for name in wanted}
    for field in headers:
        if field.key in left:
            left[field.key].append(field)
    return tuple([left[name].pop() for name in wanted if left[name]])


def own_field(field: HeaderField, signature: DkimSignature, how: Canonicalization) -> bytes:
    """The signature's own field as signed: without the value of ``b`` and the final CRLF (section 3.7)."""
    name, _, value = field.raw.partition(b":")
    own = name + b":" + without_signature(value.removesuffix(b"\r\n"), signature.tag("b"))
    return canonical_fields(own, how).removesuffix(b"\r\n") if how == "relaxed" else own


def header_data(message: RawMessage, field: HeaderField, signature: DkimSignature) -> bytes:
    """The octets that the signature in ``field`` covers: the signed fields, and ``field`` without ``b``.

    A name in ``h`` never means ``field`` itself, which did not exist when they were selected (section 5.4).
    """
    how = signature.header_canonicalization
    others = [each for each in message.headers if each is not field]
    covered = b"".join([each.raw for each in signed_fields(others, signature.signed_headers)])
    return canonical_fields(covered, how) + own_field(field, signature, how)


class Bodies:
    """Digests and lengths of a body in its canonical forms, each computed once."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._lengths: dict[Canonicalization, int] = {}
        self._digests: dict[tuple[Canonicalization, int | None], bytes] = {}

    def length(self, how: Canonicalization) -> int:
        """The size of the canonical body in octets."""
        if how not in self._lengths:
            self._lengths[how] = sum(map(len, canonical_chunks(self._body, how)))
        return self._lengths[how]

    def digest(self, how: Canonicalization, length: int | None = None) -> bytes:
        """The SHA-256 of the canonical body, or of its first ``length`` octets (``l=``)."""
        key = (how, length)
        if key not in self._digests:
            state, left = hashlib.sha256(), length
            for piece in canonical_chunks(self._body, how):
                if left is not None:
                    piece = memoryview(piece)[:left]
                    left -= len(piece)
                state.update(piece)
            self._digests[key] = state.digest()
        return self._digests[key]

    def excerpt(self, how: Canonicalization, start: int, size: int) -> bytes:
        """At most ``size`` octets of the canonical body, from ``start`` on."""
        found = b""
        for piece in canonical_chunks(self._body, how):
            found += piece[start : start + size - len(found)]
            start = max(0, start - len(piece))
            if len(found) == size:
                break
        return found


def _compress(text: bytes) -> bytes:
    """Collapse runs of spaces and tabs. Halving the runs is several times faster than a regex."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text
