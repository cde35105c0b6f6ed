"""Parses JSON with the place of each value, which the standard library does not keep.

Messages name places and keys, never values: a plan may contain secrets.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct

from mailproof.dns.written import Piece, Syntax, Written
from mailproof.errors import ZoneFileError
from mailproof.structs import replace

#: Nesting depth of objects and arrays.
MAX_DEPTH = 150
_SPACE = re.compile(r"[ \t\r\n]*")
#: A string with its quotes, which the reader has validated.
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCALAR = json.JSONDecoder()


class Place(Struct, frozen=True):
    """A position in a file."""

    file: str
    line: int = 0
    column: int = 0
    pieces: tuple[Piece, ...] = ()
    syntax: Syntax = "json"

    @property
    def written(self) -> Written:
        """The position of a record at this place."""
        return Written(self.file, self.line, self.pieces, self.syntax)

    def of(self, value: Node | None) -> Place:
        """This place for a record whose data is this text."""
        return self if value is None else replace(self, pieces=value.place.pieces)

    def fault(self, message: str) -> ZoneFileError:
        """The error to raise for a fault at this place."""
        return ZoneFileError(message, file=self.file, line=self.line, column=self.column)


class Node(Struct, frozen=True):
    """A value and its offset. ``value`` is a string, a number, a bool, None, or a tuple or dict of nodes."""

    source: Source
    value: object
    offset: int

    @property
    def place(self) -> Place:
        """Its file, line and column, and its literal if it is a string."""
        place = self.source.place(self.offset)
        if not isinstance(self.value, str):
            return place
        literal = _LITERAL.match(self.source.text, self.offset)
        if literal is None:
            return place
        return replace(place, pieces=(Piece(literal.group(), place.line, place.column),))

    def get(self, *keys: str) -> Node | None:
        """The value under these keys; None if it is missing or null."""
        found: Node | None = self
        for key in keys:
            members = found.value if found is not None else None
            found = members.get(key) if isinstance(members, dict) else None
        return found if found is not None and found.value is not None else None

    def members(self) -> Iterator[tuple[str, Node]]:
        """The names and values of an object; none for anything else."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def walk(self) -> Iterator[Node]:
        """The value and all values in it, at any depth."""
        yield self
        for each in self.array():
            yield from each.walk()
        for _, each in self.members():
            yield from each.walk()

    def each(self, *keys: str) -> tuple[Node, ...]:
        """The elements of the array under these keys; none if it is missing. Raises ZoneFileError."""
        found = self.get(*keys)
        if found is None:
            return ()
        if not isinstance(found.value, tuple):
            raise found.place.fault(f"{'.'.join(keys) or 'this'} is not an array")
        return found.value

    def array(self, *keys: str) -> tuple[Node, ...]:
        """As ``each``, but never raises: none if it is not an array."""
        found = self.get(*keys)
        return found.value if found is not None and isinstance(found.value, tuple) else ()

    def text(self, *keys: str) -> str:
        """The string (or number, as text) under these keys; empty if it is missing. Raises ZoneFileError."""
        found = self.get(*keys)
        if found is None:
            return ""
        if isinstance(found.value, bool) or not isinstance(found.value, str | int | float):
            raise found.place.fault(f"{'.'.join(keys) or 'this'} is not a text")
        return str(found.value)

    def number(self, key: str, default: int) -> int:
        """The integer under this key. Raises ZoneFileError."""
        text = self.text(key)
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,10}", text):
            raise (self.get(key) or self).place.fault(f"{key} is not a whole number")
        return int(text)

    def is_true(self, *keys: str) -> bool:
        """Whether the value under these keys is ``true``."""
        found = self.get(*keys)
        return found is not None and found.value is True


class Source:
    """The text of a file, and its line starts."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def place(self, offset: int) -> Place:
        """The place of an offset in the text."""
        line = bisect_right(self._starts, offset)
        return Place(self.file, line, offset - self._starts[line - 1] + 1)


def read_json(text: str, file: str) -> Node:
    """Parse the whole text as one value. Raises ZoneFileError with the place of the first fault."""
    source = Source(text, file)
    reader = _JsonReader(source)
    node, at = reader.value(reader.skip(0), 0)
    at = reader.skip(at)
    if at != len(text):
        raise source.place(at).fault("more after the end of the JSON value")
    return node


class Reader:
    """Base class of parsers that skip gaps between values."""

    #: The error for a truncated text.
    cut_off = "the file ends too early: it is cut off"

    def __init__(self, source: Source, gap: re.Pattern[str] = _SPACE) -> None:
        self.source, self.text, self._gap = source, source.text, gap

    def skip(self, at: int, gap: re.Pattern[str] | None = None) -> int:
        """The offset after the gap."""
        match = (gap or self._gap).match(self.text, at)
        return match.end() if match else at

    def fault(self, at: int, message: str) -> ZoneFileError:
        """The error to raise for a fault at this offset; at the end of the text, ``cut_off``."""
        if at >= len(self.text):
            message = self.cut_off
        return self.source.place(min(at, len(self.text))).fault(message)


class _JsonReader(Reader):
    cut_off = "the JSON ends too early: the file is cut off"

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        first = self.text[at : at + 1]
        if depth > MAX_DEPTH:
            raise self.fault(at, f"values are more than {MAX_DEPTH} deep inside each other")
        if first == "{":
            return self.object(at, depth)
        if first == "[":
            return self.array(at, depth)
        try:
            value, end = _SCALAR.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            cut = error.msg.startswith("Unterminated string")
            raise self.fault(len(self.text) if cut else at, "not JSON from here on") from None
        except ValueError:
            raise self.fault(at, "a number with too many digits") from None
        return Node(self.source, value, at), end

    def object(self, start: int, depth: int) -> tuple[Node, int]:
        members: dict[str, Node] = {}
        at = self.skip(start + 1)
        if self.text[at : at + 1] == "}":
            return Node(self.source, members, start), at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise self.fault(at, 'not JSON from here on: a name in "quotes" was expected')
            name, at = self.value(at, depth)
            at = self.after(at, ":")
            members[str(name.value)], at = self.value(at, depth + 1)
            at = self.skip(at)
            if self.text[at : at + 1] == "}":
                return Node(self.source, members, start), at + 1
            at = self.after(at, ",")

    def array(self, start: int, depth: int) -> tuple[Node, int]:
        elements: list[Node] = []
        at = self.skip(start + 1)
        if self.text[at : at + 1] == "]":
            return Node(self.source, (), start), at + 1
        while True:
            element, at = self.value(at, depth + 1)
            elements.append(element)
            at = self.skip(at)
            if self.text[at : at + 1] == "]":
                return Node(self.source, tuple(elements), start), at + 1
            at = self.after(at, ",")

    def after(self, at: int, sign: str) -> int:
        at = self.skip(at)
        if self.text[at : at + 1] != sign:
            raise self.fault(at, f"not JSON from here on: {sign!r} was expected")
        return self.skip(at + 1)
