"""Splits master files into entries of tokens, each with its line and column (RFC 1035 section 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mailproof.errors import ZoneFileError

#: One alternative per kind of token; none can match in two ways, so scanning takes linear time.
#: A parameter of HTTPS and SVCB is one word with its quoted value (RFC 9460 section 2.1).
_TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
      | (?P<comment>;.*)
      | (?P<paren>[()])
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<bare>(?:[^\s;()"\\]|\\.)+(?:(?<==)"(?:[^"\\]|\\.)*")?)""",
    re.VERBOSE,
)
#: Comments with one of these are kept: those meant for mailproof, and Cloudflare's tags of a record.
_MARKS = re.compile("mailproof:|cf_tags=")
#: Before each line in the output of ``knotc zone-read``.
ZONE_READ = re.compile(r"\[[^\s\[\]]+\.\] ")
_MAX_COMMENT = 500


class Token(Struct, frozen=True):
    """A word of a master file as written (with quotes and escapes). Line and column count from 1."""

    text: str
    line: int
    column: int

    @property
    def quoted(self) -> bool:
        """Whether it is quoted."""
        return self.text.startswith('"')


class Entry(Struct, frozen=True):
    """A record or directive, which may span several lines with parentheses.

    ``blank_owner``: it begins with white space, so the owner is that of the previous record.
    ``comments`` are (line, text) of those that are kept. Without tokens, it is a comment line.
    """

    tokens: tuple[Token, ...]
    blank_owner: bool
    line: int
    comments: tuple[tuple[int, str], ...] = ()


def entries(text: str, file: str = "") -> Iterator[Entry]:
    """Split a file into entries. Raises ZoneFileError for an open quote, parenthesis or bad character."""
    tokens: list[Token] = []
    comments: list[tuple[int, str]] = []
    blank_owner = False
    depth = 0
    opened = (0, 0)
    first_line = 0
    # Not splitlines(): only LF and CRLF end a line of a master file, which may contain U+2028 and the like.
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r")
        if not tokens and not depth:
            blank_owner = line[:1] in (" ", "\t")
            first_line = number
        prefix = ZONE_READ.match(line)
        position = prefix.end() if prefix is not None else 0
        while position < len(line):
            match = _TOKEN.match(line, position)
            if match is None:
                raise ZoneFileError(_complaint(line[position]), file=file, line=number, column=position + 1)
            kind = match.lastgroup
            if kind == "paren":
                if match.group() == "(":
                    depth += 1
                    opened = (number, position + 1)
                elif depth:
                    depth -= 1
                else:
                    raise ZoneFileError(
                        "')' without a '(' before it", file=file, line=number, column=position + 1
                    )
            elif kind == "comment":
                if _MARKS.search(match.group()):
                    comments.append((number, match.group()[1:].strip()[:_MAX_COMMENT]))
            elif kind != "space":
                tokens.append(Token(match.group(), number, position + 1))
            position = match.end()
        if not depth:
            if tokens or comments:
                yield Entry(tuple(tokens), blank_owner, first_line, tuple(comments))
            tokens, comments = [], []
    if depth:
        raise ZoneFileError("'(' is never closed", file=file, line=opened[0], column=opened[1])


def _complaint(character: str) -> str:
    if character == '"':
        return "a quoted string is not closed on its line"
    if character == "\\":
        return "a backslash at the end of the line escapes nothing"
    return f"character {character!a} must be in quotes in a zone file"
