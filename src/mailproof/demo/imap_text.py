"""Reading IMAP commands (RFC 3501 section 9): atoms, quoted strings and lists; and writing literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\()|(\))|((?:[^\s()"\[]|\[[^\]]*\](?:<[^>]*>)?)+)')


def tokens(text: str) -> tuple[str, ...]:
    """The words of a command; parentheses are words of their own, quotes are taken off."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        quoted = match.group(1)
        yield re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match.group(0)


def quoted(text: str) -> str:
    """A quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(raw: bytes) -> bytes:
    """A literal: its size, then the octets."""
    return b"{%d}\r\n%s" % (len(raw), raw)


def in_set(spec: str, number: int, highest: int) -> bool:
    """Whether ``number`` is in a sequence set like ``1:3,7,9:*``."""
    for part in spec.split(","):
        first, _, last = part.partition(":")
        ends = [highest if end == "*" else int(end) if end.isdigit() else 0 for end in (first, last or first)]
        if min(ends) <= number <= max(ends):
            return True
    return False
