"""A list of domains, read line by line: plain, CSV with a column, or JSON lines. Nothing in it is fatal."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from hashlib import blake2b
from select import select
from typing import BinaryIO, Literal

import msgspec
from msgspec import Struct

from mailproof.engine.arguments import checked_domain, checked_selectors, name_in
from mailproof.errors import UsageError
from mailproof.records.addresses import client_address

#: The longest line of a list, in octets: the rest of a longer one is passed over.
MOST_LINE = 65_536
#: DKIM selectors and addresses that a line may give for its domain.
MOST_GIVEN = 50
#: Lines that are shown when they cannot be read; further ones are counted.
MOST_SHOWN = 20
#: How long a list through a pipe is waited for at a time, in seconds: results and Ctrl-C come meanwhile.
WAIT_S = 0.2
#: Lines that one row of CSV may take: with more, its quote was not meant as one.
MOST_ROW_LINES = 100
_HEADINGS = ("domain", "root_domain", "hostname", "host", "website", "url", "email")
_SHOWN = 60
#: What may be between the columns of a list.
_BETWEEN = ",;\t|"
_ARRAY = "one JSON array: give mailproof bulk - what jq -c '.[]' shows"
#: Lists that are not read as they are, by their first octets, and what to do about it.
_OTHER = {
    b"\xff\xfe": "in UTF-16: save it as UTF-8",
    b"\xfe\xff": "in UTF-16: save it as UTF-8",
    b"\x1f\x8b": "compressed (gzip): give mailproof bulk - what gunzip -c shows",
    b"\x28\xb5\x2f\xfd": "compressed (zstd): give mailproof bulk - what zstd -dc shows",
    b"PK\x03\x04": "a ZIP archive: give mailproof bulk - what unzip -p shows",
    b"[{": _ARRAY,
    b"[\n": _ARRAY,
}

Form = Literal["plain", "csv", "jsonl"]


class Target(Struct, frozen=True):
    """A domain to check (A-labels), and what its line says of it.

    ``again`` is when it stayed unknown before (monotonic; 0: it did not).
    """

    line: int
    domain: str
    selectors: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    again: float = 0.0

    @property
    def key(self) -> int:
        """What remembers it in 8 octets."""
        return key_of(self.domain)


class Unreadable(Struct, frozen=True):
    """A line that names no domain, and why."""

    line: int
    text: str
    reason: str


class _Given(Struct):
    """A line of JSON."""

    domain: str
    selectors: list[str] | None = None
    ips: list[str] | None = None


def key_of(domain: str) -> int:
    """A domain as a number of 64 bits: two of a hundred million share one once in some thousand runs."""
    return int.from_bytes(blake2b(domain.encode(), digest_size=8).digest())


class Pipe:
    """A list through a pipe, whose next line may take its time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._rest = stream, b""

    def readline(self, limit: int, /) -> bytes | None:
        """At most ``limit`` octets of a line; empty at the end, None where there is nothing yet."""
        while (end := self._rest.find(b"\n", 0, limit) + 1) == 0 and len(self._rest) < limit:
            if not select([self._stream], [], [], WAIT_S)[0]:
                return None
            got = os.read(self._stream.fileno(), 4096)
            self._rest += got
            if not got:
                limit = 0
        size = end or limit or len(self._rest)
        line, self._rest = self._rest[:size], self._rest[size:]
        return line


def read_targets(stream: BinaryIO | Pipe, column: str = "") -> Iterator[Target | Unreadable | None]:
    """The domains of a list, repeated ones too; None where there is nothing yet. ``column`` is the name or
    the number (from 1) of CSV's.

    A byte order mark, blank lines and comments (``#``) are passed over; a URL or an address counts as its
    domain, and names may be in Unicode. Raises UsageError where the column is not there, and for a list
    in UTF-16 or compressed.
    """
    reader: _Reader | None = None
    for number, text in _rows(stream):
        if text is None:
            yield Unreadable(number, "", f"the line is longer than {MOST_LINE:,} octets") if number else None
            continue
        if reader is None:
            reader = _Reader(text, column)
            if reader.is_heading:
                continue
        try:
            yield reader.target(number, text)
        except (UsageError, ValueError, csv.Error) as error:
            yield Unreadable(number, text[:_SHOWN], str(error))


def _rows(stream: BinaryIO | Pipe) -> Iterator[tuple[int, str | None]]:
    """Each line that says something; those of one row of CSV together, with the number of the first."""
    between: str | None = None
    row: list[tuple[int, str]] = []  # its last cell is not closed yet
    for number, line in _lines(stream):
        if line is None:
            if number:
                yield from row
                row = []
            yield number, None
            continue
        text = _text(number, line)
        if row:
            row.append((number, text))
            whole = "\n".join(each for _, each in row)
            if '"' in text and not _is_open(whole, between or ""):
                yield row[0][0], whole
                row = []
            elif len(row) == MOST_ROW_LINES:
                yield from row
                row = []
        elif (said := text.strip()) and not said.startswith("#"):
            if between is None:
                if text[:4].lower() == "sep=":  # for Excel
                    continue
                between = _between(text)
            if '"' in text and between and _is_open(text, between):
                row.append((number, text))
            else:
                yield number, text
    yield from row


def _text(number: int, line: bytes) -> str:
    """Raises UsageError where the first line is none of a text."""
    if number > 1:
        return line.decode("utf-8", "replace").strip(" \r\n")
    for beginning, words in _OTHER.items():
        if line.startswith(beginning):
            raise UsageError(f"the list is {words}")
    if b"\0" in line[:2]:
        raise UsageError("the list is no text, or in UTF-16: save it as UTF-8")
    return line.decode("utf-8-sig", "replace").strip(" \r\n")


def _between(first: str) -> str:
    """What is between the columns, by the first line; empty where there is one column, or JSON."""
    counts = {each: first.partition("#")[0].count(each) for each in _BETWEEN}
    most = max(counts, key=counts.__getitem__)
    return "" if first.startswith("{") or not counts[most] else most


def _is_open(text: str, between: str) -> bool:
    """Whether a quote is not closed: the next line belongs to it then."""
    try:
        return len(list(csv.reader([text, ""], delimiter=between))) == 1
    except csv.Error:
        return False


def _lines(stream: BinaryIO | Pipe) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number; None for one that is too long, which is never held as a whole.

    Number 0 is no line: there is nothing yet.
    """
    number, too_long = 1, False
    while (line := stream.readline(MOST_LINE + 1)) != b"":
        if line is None:
            yield 0, None
        elif len(line) > MOST_LINE and not line.endswith(b"\n"):
            too_long = True
        else:
            yield number, None if too_long else line
            number, too_long = number + 1, False
    if too_long:
        yield number, None


class _Reader:
    """Reads lines of the form that the first one has."""

    def __init__(self, first: str, column: str) -> None:
        between = _between(first)
        rows = column or between or first.strip('"').lower() in (*_HEADINGS, "name")
        self.form: Form = "jsonl" if first.startswith("{") else "csv" if rows else "plain"
        self._between = between or ","
        self.is_heading = False
        self._at: int | None = None
        if self.form == "csv":
            self._find(self._cells(first), column)

    def _find(self, cells: list[str], column: str) -> None:
        names = [each.strip().lower() for each in cells]
        if column.isdigit():
            self._at = int(column) - 1
            if not 0 <= self._at < len(cells):
                raise UsageError(f"--column {column}: the list has {len(cells)} columns")
            return
        wanted = (column.lower(),) if column else _HEADINGS
        found = next((name for name in wanted if name in names), None)
        if found is None and column:
            raise UsageError(f"--column {column}: the list has {', '.join(cells)[:200]}")
        self.is_heading = found is not None or not any("." in each or each.isdigit() for each in names)
        self._at = names.index(found) if found is not None else None

    def target(self, number: int, text: str) -> Target:
        """Raises UsageError or ValueError."""
        if self.form == "jsonl":
            return _of_json(number, text)
        if self.form == "plain":
            return Target(number, _domain(text.partition("#")[0]))
        cells = self._cells(text)
        if self._at is None:  # no heading says so: the first with a domain, as in Tranco's lists
            self._at = next((i for i, cell in enumerate(cells) if _is_domain(cell)), None)
        if self._at is None:
            raise ValueError("no column has a domain")
        if self._at >= len(cells):
            raise ValueError(f"it has {len(cells)} columns, and the domain's is number {self._at + 1}")
        return Target(number, _domain(cells[self._at]))

    def _cells(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self._between), [])


def _of_json(number: int, text: str) -> Target:
    try:
        given = msgspec.json.decode(text, type=_Given)
    except msgspec.MsgspecError as error:
        raise ValueError(f'not a JSON object with a "domain": {error}') from None
    selectors, ips = tuple(given.selectors or ()), tuple(given.ips or ())
    if len(selectors) > MOST_GIVEN or len(ips) > MOST_GIVEN:
        raise ValueError(f"more than {MOST_GIVEN} selectors or addresses")
    domain = _domain(given.domain)
    addresses = tuple(str(client_address(each)) for each in ips)
    return Target(number, domain, checked_selectors(selectors, domain), addresses)


def _domain(text: str) -> str:
    name = name_in(text)
    if not name:
        raise UsageError("there is no domain in it")
    return checked_domain(name)


def _is_domain(text: str) -> bool:
    try:
        return not _domain(text).replace(".", "").isdigit()
    except UsageError:
        return False
