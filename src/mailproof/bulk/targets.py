"""Reads a list of domains line by line: plain, CSV, or JSON lines. No line is fatal."""

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
from mailproof.files import unpacked_by
from mailproof.records.addresses import client_address
from mailproof.render.shown import counted

#: The longest line of a list, in octets. A longer one is unreadable.
MOST_LINE = 65_536
#: DKIM selectors or addresses that a line may give for its domain.
MOST_GIVEN = 50
#: Unreadable lines that are shown; further ones are only counted.
MOST_SHOWN = 20
#: Seconds to wait for a piped list at a time, so that results and Ctrl-C are handled meanwhile.
WAIT_S = 0.2
#: Lines that one CSV row may span: with more, its opening quote is taken as plain text.
MOST_ROW_LINES = 100
_HEADINGS = ("domain", "root_domain", "hostname", "host", "website", "url", "email")
_SHOWN = 60
#: Delimiters that are recognized.
_BETWEEN = ",;\t|"
_ARRAY = "one JSON array: give mailproof bulk - what jq -c '.[]' shows"
#: Formats that are not accepted, by their first octets, and what to do instead.
_OTHER = {
    b"\xff\xfe": "in UTF-16: save it as UTF-8",
    b"\xfe\xff": "in UTF-16: save it as UTF-8",
    b"[{": _ARRAY,
    b"[\n": _ARRAY,
    b"[\r\n": _ARRAY,
    b'["': _ARRAY,
}

Form = Literal["plain", "csv", "jsonl"]


class Target(Struct, frozen=True):
    """A domain to audit (in A-labels), with the selectors and addresses its line gives.

    ``again``: when its first attempt ended incomplete (monotonic; 0: this is the first attempt).
    """

    line: int
    domain: str
    selectors: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    again: float = 0.0

    @property
    def key(self) -> int:
        """A 64-bit key that identifies the domain."""
        return key_of(self.domain)


class Unreadable(Struct, frozen=True):
    """A line without a usable domain, and why."""

    line: int
    text: str
    reason: str


class _Given(Struct):
    """A line of JSON."""

    domain: str
    selectors: list[str] | None = None
    ips: list[str] | None = None


def key_of(domain: str) -> int:
    """A 64-bit hash: among a hundred million domains, two collide in one of several thousand runs."""
    return int.from_bytes(blake2b(domain.encode(), digest_size=8).digest())


class Pipe:
    """A list read through a pipe, whose next line may not be available yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._rest = stream, b""

    def readline(self, limit: int, /) -> bytes | None:
        """At most ``limit`` octets of a line; empty at the end, None if there is none yet."""
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
    """The domains of a list, including repeated ones; None: nothing to read yet. ``column``: the name or
    number (from 1) of the CSV column.

    A byte order mark, blank lines and comments (``#``) are skipped; a URL or an e-mail address counts as its
    domain, and names may be in Unicode. Raises UsageError if the column does not exist, or the list is in
    UTF-16 or compressed.
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
        except csv.Error:
            yield Unreadable(number, text[:_SHOWN], "this is not a row of CSV")
        except (UsageError, ValueError) as error:
            yield Unreadable(number, text[:_SHOWN], str(error))


def _rows(stream: BinaryIO | Pipe) -> Iterator[tuple[int, str | None]]:
    """Lines that are not blank or comments; those of one CSV row joined, with the number of the first."""
    between: str | None = None
    row: list[tuple[int, str]] = []  # lines of a row with a quote still open
    for number, line in _lines(stream):
        if line is None:
            if number:
                yield from _apart(row)
                row = []
            yield number, None
            continue
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip(" \r\n")
        if row:
            row.append((number, text))
            whole = "\n".join(each for _, each in row)
            if '"' in text and not _is_open(whole, between or ""):
                yield row[0][0], whole
                row = []
            elif len(row) == MOST_ROW_LINES:
                yield from _apart(row)
                row = []
        elif _says(text):
            if between is None:
                if text[:4].lower() == "sep=":  # for Excel
                    continue
                between = _between(text)
            if '"' in text and between and _is_open(text, between):
                row.append((number, text))
            else:
                yield number, text
    yield from _apart(row)


def _apart(row: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines of a row whose quote was never closed."""
    return (each for each in row if _says(each[1]))


def _says(text: str) -> bool:
    """Whether a line is neither blank nor a comment."""
    return text.strip()[:1] not in ("", "#")


def _check(first: bytes) -> None:
    """Raises UsageError if the first line, or its beginning, shows that the list is not lines of UTF-8."""
    for beginning, words in _OTHER.items():
        if first.startswith(beginning):
            raise UsageError(f"the list is {words}")
    if command := unpacked_by(first):
        raise UsageError(f"the list is compressed: give mailproof bulk - what {command} shows")
    if b"\0" in first[:2]:
        raise UsageError("the list is no text, or in UTF-16: save it as UTF-8")
    if b"\r" in first.rstrip(b"\r") and not first.endswith(b"\n"):
        raise UsageError("the lines of the list end in CR: give mailproof bulk - what tr '\\r' '\\n' shows")


def _between(first: str) -> str:
    """The delimiter of the first line; empty for a single column, and for JSON."""
    counts = {each: first.partition("#")[0].count(each) for each in _BETWEEN}
    most = max(counts, key=counts.__getitem__)
    return "" if first.startswith("{") or not counts[most] else most


def _is_open(text: str, between: str) -> bool:
    """Whether a quote is still open, so that the row continues on the next line."""
    try:
        return len(list(csv.reader([text, ""], delimiter=between))) == 1
    except csv.Error:
        return False


def _lines(stream: BinaryIO | Pipe) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number; None for one that is too long, which is never in memory as a whole.

    Number 0 means that there is nothing to read yet.
    """
    number, too_long = 1, False
    while (line := stream.readline(MOST_LINE + 1)) != b"":
        if line is None:
            yield 0, None
            continue
        if number == 1 and not too_long:
            _check(line)
        if len(line) > MOST_LINE and not line.endswith(b"\n"):
            too_long = True
        else:
            yield number, None if too_long else line
            number, too_long = number + 1, False
    if too_long:
        yield number, None


class _Reader:
    """Reads lines in the form of the first one."""

    def __init__(self, first: str, column: str) -> None:
        between = _between(first)
        rows = column or between or first.startswith('"') or first.lower() in (*_HEADINGS, "name")
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
                raise UsageError(f"--column {column}: the list has {counted(len(cells), 'column')}")
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
        if self._at is None:  # no heading names it: the first column with a domain, as in Tranco's lists
            self._at = next((i for i, cell in enumerate(cells) if _is_domain(cell)), None)
        if self._at is None:
            raise ValueError("no column has a domain")
        if self._at >= len(cells):
            raise ValueError(
                f"it has {counted(len(cells), 'column')}, and the domain's is number {self._at + 1}"
            )
        return Target(number, _domain(cells[self._at]))

    def _cells(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self._between), [])


def _of_json(number: int, text: str) -> Target:
    try:
        given = msgspec.json.decode(text, type=_Given)
    except (msgspec.MsgspecError, RecursionError) as error:
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
