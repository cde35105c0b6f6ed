"""Master file text into entries of tokens, each with its line and column (RFC 1035 section 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mailproof.errors import ZoneFileError

#: One alternative for each kind of thing; none of them can match in two ways, so that scanning is linear.
_TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
      | (?P<comment>;.*)
      | (?P<paren>[()])
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<bare>(?:[^\s;()"\\]|\\.)+)""",
    re.VERBOSE,
)
#: Comments that say nothing to mailproof are not kept.
_MARK = "mailproof:"
_MAX_COMMENT = 500


class Token(Struct, frozen=True):
    """A word of a master file as it is written (quotes and escapes kept). Line and column count from 1."""

    text: str
    line: int
    column: int

    @property
    def quoted(self) -> bool:
        """Whether it is in quotes."""
        return self.text.startswith('"')


class Entry(Struct, frozen=True):
    """A record or directive, over several lines where parentheses hold them together.

    ``blank_owner`` where it begins with white space: the owner is that of the record before.
    ``comments`` are (line, text) of those that are marked for mailproof. No tokens: a line of comment only.
    """

    tokens: tuple[Token, ...]
    blank_owner: bool
    line: int
    comments: tuple[tuple[int, str], ...] = ()


def entries(text: str, file: str = "") -> Iterator[Entry]:
    """Cut a master file into entries. Raises ZoneFileError at an open quote, parenthesis or stray octet."""
    tokens: list[Token] = []
    comments: list[tuple[int, str]] = []
    blank_owner = False
    depth = 0
    opened = (0, 0)
    first_line = 0
    # Not splitlines(): only LF and CR LF end a line of a master file, U+2028 and the like may be part of one.
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r")
        if not tokens and not depth:
            blank_owner = line[:1] in (" ", "\t")
            first_line = number
        position = 0
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
                if _MARK in match.group():
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
