"""A message's body in its canonical forms, as DKIM and ARC hash it (RFC 6376 section 3.4)."""

from __future__ import annotations

from mailproof.auth.canonical import canonical_chunks
from mailproof.auth.crypto import body_digest
from mailproof.records.dkim_signature import Canonicalization
from mailproof.records.message import RawMessage


class Bodies:
    """The digests of a message's body in its canonical forms, and their lengths: each worked out once."""

    def __init__(self, message: RawMessage) -> None:
        self._body = message.body
        self._lengths: dict[Canonicalization, int] = {}
        self._digests: dict[tuple[Canonicalization, int | None], bytes] = {}

    def length(self, how: Canonicalization) -> int:
        """How many octets the canonical body has."""
        if how not in self._lengths:
            self._lengths[how] = sum(map(len, canonical_chunks(self._body, how)))
        return self._lengths[how]

    def digest(self, how: Canonicalization, length: int | None = None) -> bytes:
        """The SHA-256 of the canonical body or of its first ``length`` octets."""
        key = (how, length)
        if key not in self._digests:
            self._digests[key] = body_digest(canonical_chunks(self._body, how), length)
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
