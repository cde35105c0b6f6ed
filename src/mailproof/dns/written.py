"""Maps characters of a record to their position in the file that it was read from.

A record can be written in several ways: in one string or several, with escapes, in JSON around the quotes of
a zone file. So the text in the file is parsed again with the position of each octet, in each possible way;
the one that yields the record is right, and if none does, the column is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from mailproof.dns.text import decode_txt
from mailproof.errors import ZoneFileError

Syntax = Literal["zone", "json", "yaml"]
_JSON_CHARACTER = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|\\u[0-9a-fA-F]{4}|\\.|[^\\]")
_DECIMAL = re.compile(r"[0-2][0-9]{2}")


class Piece(NamedTuple):
    """A word of the file as written, including quotes. It is on one line; columns count characters."""

    text: str
    line: int
    column: int


class Written(NamedTuple):
    """A record's position. ``pieces`` are its data: words of a zone file, or one text in JSON or YAML."""

    file: str
    line: int
    pieces: tuple[Piece, ...] = ()
    syntax: Syntax = "zone"

    def fault(self, message: str) -> ZoneFileError:
        """The error to raise for a fault of the record."""
        return ZoneFileError(message, file=self.file, line=self.line)


class Span(NamedTuple):
    """Characters on one line; ``end_column`` is exclusive."""

    line: int
    column: int
    end_column: int


class _Unit(NamedTuple):
    """A character or octets of the record, and the characters of the file that encode it."""

    text: str
    octets: bytes
    line: int
    column: int
    end_column: int


def span_of(written: Written, rrtype: str, record: str, start: int | None, end: int | None) -> Span | None:
    """The position of ``record[start:end]``, as far as it is on one line; without ``start``, of all of it.

    None if unknown.
    """
    if not written.pieces:
        return None
    if start is not None and end is not None and end >= start:
        if rrtype in ("TXT", "SPF"):
            return _in_text(written, record, start, end)
        if written.syntax == "zone":
            return _in_words(written.pieces, record, start)
    return _merged(Span(p.line, p.column, p.column + len(p.text)) for p in written.pieces)


def _in_text(written: Written, record: str, start: int, end: int) -> Span | None:
    for units in _readings(written):
        raw = b"".join(unit.octets for unit in units)
        if decode_txt(raw) != record:
            continue
        if not units:
            return None
        coding = "utf-8" if raw.decode("utf-8", "replace").encode() == raw else "latin-1"
        first, last = (len(record[:at].encode(coding)) for at in (start, max(end, start + 1)))
        spread = [unit for unit in units for _ in unit.octets]
        if first >= len(spread):  # something is missing at the end
            behind = spread[-1]
            return Span(behind.line, behind.end_column, behind.end_column)
        return _merged(Span(unit.line, unit.column, unit.end_column) for unit in spread[first:last])
    return None


def _in_words(pieces: Sequence[Piece], record: str, start: int) -> Span | None:
    """The word that contains ``start``, if the record has as many words as the file."""
    words = record.split(" ")
    if len(words) != len(pieces):
        return _merged(Span(p.line, p.column, p.column + len(p.text)) for p in pieces)
    piece = pieces[min(record[:start].count(" "), len(pieces) - 1)]
    return Span(piece.line, piece.column, piece.column + len(piece.text))


def _merged(spans: Iterable[Span]) -> Span | None:
    """The span from the first to the last one on the same line."""
    found = list(spans)
    if not found:
        return None
    on_line = list(takewhile(lambda each: each.line == found[0].line, found))
    return Span(found[0].line, found[0].column, on_line[-1].end_column)


def _readings(written: Written) -> Iterator[list[_Unit]]:
    """The octets of the record, for each possible way to parse the pieces."""
    if written.syntax == "zone":
        yield [unit for piece in written.pieces for unit in _unescaped(_unquoted(_plain(piece)))]
        return
    piece = written.pieces[0]
    units = _json_units(piece) if piece.text.startswith('"') else _yaml_units(piece)
    yield units
    quote = _Unit('"', b'"', piece.line, piece.column, piece.column)
    for given in (units, [quote, *units, quote]):
        yield [unit for string in _strings(given) for unit in _unescaped(string)]


def _plain(piece: Piece) -> list[_Unit]:
    return [_unit(each, piece, at, at + 1) for at, each in enumerate(piece.text)]


def _unit(text: str, piece: Piece, begin: int, end: int) -> _Unit:
    octets = text.encode("utf-8", "surrogateescape" if "\udc80" <= text <= "\udcff" else "surrogatepass")
    return _Unit(text, octets, piece.line, piece.column + begin, piece.column + end)


def _json_units(piece: Piece) -> list[_Unit]:
    """The characters of a JSON string, or of a double-quoted YAML string as far as the syntax is the same."""
    inner = piece.text[1:-1]
    units = []
    for match in _JSON_CHARACTER.finditer(inner):
        text = match.group()
        if text.startswith("\\"):
            try:
                text = json.loads(f'"{text}"')
            except ValueError:
                return []
        units.append(_unit(text, piece, match.start() + 1, match.end() + 1))
    return units


def _yaml_units(piece: Piece) -> list[_Unit]:
    """The characters of a plain or single-quoted YAML string."""
    if not piece.text.startswith("'"):
        return _plain(piece)
    found = re.finditer("''|[^']", piece.text[1:-1])
    return [_unit(each.group()[0], piece, each.start() + 1, each.end() + 1) for each in found]


def _unquoted(units: list[_Unit]) -> list[_Unit]:
    return units[1:-1] if units and units[0].text == '"' else units


def _strings(units: Sequence[_Unit]) -> list[list[_Unit]]:
    """The strings in presentation format, without their quotes."""
    strings: list[list[_Unit]] = []
    at, quoted, is_open = 0, False, False
    while at < len(units):
        text = units[at].text
        if text == '"':
            quoted = is_open = not quoted
            strings += [[]] if quoted else []
        elif text in " \t" and not quoted:
            is_open = False
        else:
            strings += [] if is_open else [[]]
            is_open = True
            step = 2 if text == "\\" else 1
            strings[-1].extend(units[at : at + step])
            at += step - 1
        at += 1
    return strings


def _unescaped(units: Sequence[_Unit]) -> Iterator[_Unit]:
    r"""Replace escapes like ``\;`` and ``\059`` by the octets that they encode."""
    at = 0
    while at < len(units):
        unit = units[at]
        if unit.text != "\\" or at + 1 >= len(units):
            yield unit
            at += 1
            continue
        digits = "".join(each.text for each in units[at + 1 : at + 4])
        code = int(digits) if _DECIMAL.fullmatch(digits) else 256
        last = units[at + 3] if code < 256 else units[at + 1]
        octets = bytes([code]) if code < 256 else last.octets
        yield _Unit(last.text, octets, unit.line, unit.column, last.end_column)
        at += 4 if code < 256 else 2
