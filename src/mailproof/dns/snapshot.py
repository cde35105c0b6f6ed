"""Records answers to a JSON file, and replays them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import msgspec
from dns.rdata import Rdata
from msgspec import Meta, Struct, convert, field
from msgspec.structs import asdict

from mailproof.dns.answer import Answer, Resolver, guesser, names_below, position
from mailproof.dns.text import normalize
from mailproof.dns.together import taskless
from mailproof.dns.written import Written
from mailproof.errors import SnapshotError
from mailproof.files import read_whole, write_whole
from mailproof.model import UNASKED, Secure, Status
from mailproof.redaction import hide, redactor
from mailproof.runners import IN_JSON, disarmed

FORMAT = "mailproof-snapshot"
VERSION = 1
MAX_BYTES = 256 * 1024 * 1024
#: Names below a name that a recording can list; a longer list is not recorded.
MAX_LISTED = 1000


class Place(Struct, frozen=True):
    """The position of a record in a zone file. ``text`` is the record as shown in findings."""

    name: str
    rrtype: str
    text: str
    written: Written


class Listing(Struct, frozen=True):
    """All names with records below a name."""

    name: str
    names: tuple[str, ...]


class Snapshot(Struct, frozen=True):
    """The contents of a recording. ``recorded`` is when it was made (UTC)."""

    recorded: datetime
    answers: tuple[Answer, ...] = ()
    places: tuple[Place, ...] = ()
    listings: tuple[Listing, ...] = ()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file atomically. Raises SnapshotError if that fails."""
        document = {
            FORMAT: VERSION,
            "recorded": self.recorded.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "dns": [_without_secrets(answer_to_json(answer)) for answer in self.answers],
            "places": [_place_to_json(place) for place in self.places],
            "listings": [{"name": each.name, "names": [*map(hide, each.names)]} for each in self.listings],
        }
        text = disarmed(json.dumps(document, indent=1, ensure_ascii=True) + "\n", IN_JSON)
        try:
            write_whole(Path(path), text.encode("ascii"))
        except OSError as error:
            raise SnapshotError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Snapshot:
        """Read a file. Raises SnapshotError if it is unreadable, too large, not JSON, or another version."""
        too_large = f"larger than the limit of {max_bytes} octets for a recording"
        raw = read_whole(Path(path), max_bytes, SnapshotError, too_large)
        return cls.from_bytes(raw, os.fspath(path))

    @classmethod
    def from_bytes(cls, raw: bytes, shown: str) -> Snapshot:
        """Parse the octets of a file, called ``shown`` in errors. Raises SnapshotError."""
        try:
            document = msgspec.json.decode(raw)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise SnapshotError(f"{shown}: not a recording: not valid JSON ({error})") from error
        if not isinstance(document, dict) or FORMAT not in document:
            raise SnapshotError(f'{shown}: not a recording: it has no "{FORMAT}"')
        if (version := document[FORMAT]) != VERSION or isinstance(version, bool):
            raise SnapshotError(
                f"{shown}: version {str(version)[:20]} of the format; this mailproof reads {VERSION}"
            )
        try:
            return convert(document, _Document).snapshot
        except (msgspec.ValidationError, ValueError) as error:
            raise SnapshotError(f"{shown}: damaged: {error}") from error


class Entry(Struct):
    """An answer as stored in a file; see Answer. Records are in presentation format, or that of RFC 3597."""

    name: str
    rrtype: str
    status: Status
    records: tuple[str, ...]
    ttl: Annotated[int, Meta(ge=0, lt=1 << 32)]
    secure: Secure
    chain: tuple[str, ...]
    server: str
    elapsed_ms: Annotated[float, Meta(ge=0, lt=1e9)]
    reason: str = ""
    zone: str = ""

    @property
    def answer(self) -> Answer:
        """The answer. Raises ValueError if the entry is invalid."""
        try:
            records = tuple(_record(self.rrtype, text) for text in self.records)
        except (dns.exception.DNSException, ValueError) as error:
            raise ValueError(f"{self.name} {self.rrtype}: a record cannot be read: {error}") from error
        if (self.status == "ok") != bool(records):
            raise ValueError(f"{self.name} {self.rrtype}: status {self.status} with {len(records)} records")
        if self.status == "servfail" and self.server.endswith(UNASKED):  # written before ``unasked`` existed
            self.status, self.reason = "unasked", UNASKED
            self.server = self.server.removesuffix(UNASKED).rstrip(", ")
        return Answer(**asdict(self) | {"records": records})


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """A JSON object; records in presentation format, or RFC 3597's if that does not round-trip."""
    return asdict(answer) | {"records": [_record_text(record) for record in answer.records]}


def _record_text(record: Rdata) -> str:
    text = record.to_text()
    rrtype = dns.rdatatype.to_text(record.rdtype)
    try:
        if _record(rrtype, text).to_wire() == record.to_wire():
            return text
    except (dns.exception.DNSException, ValueError):
        pass
    return record.to_generic().to_text()


def _record(rrtype: str, text: str) -> Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, rrtype, text, relativize=False)


class _Document(Struct):
    """The file without its version. A place is a list as made by ``_place_to_json``."""

    recorded: datetime
    dns: list[Entry] = []
    places: list[list[Any]] = []
    listings: tuple[Listing, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        """The document as a Snapshot. Raises ValueError."""
        return Snapshot(
            self.recorded if self.recorded.tzinfo else self.recorded.replace(tzinfo=UTC),
            tuple(each.answer for each in self.dns),
            tuple(map(_place, self.places)),
            self.listings,
        )


def _without_secrets(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry without secrets: a server that knows one may make us look up a name that contains it."""
    if not redactor():
        return entry
    lists = {key: [hide(text) for text in entry[key]] for key in ("records", "chain")}
    return entry | {key: hide(entry[key]) for key in ("name", "reason")} | lists


def _place(entry: list[Any]) -> Place:
    name, rrtype, text, file, line, *more = entry
    syntax, *pieces = more or ("zone",)
    place = {"name": name, "rrtype": rrtype, "text": text, "written": (file, line, pieces, syntax)}
    return convert(place, Place)


def _place_to_json(place: Place) -> list[object]:
    written = place.written
    entry: list[object] = [hide(place.name), place.rrtype, hide(place.text), written.file, written.line]
    if written.pieces:
        entry.append(written.syntax)
        entry += [[hide(piece.text), piece.line, piece.column] for piece in written.pieces]
    return entry


class RecordingResolver(Struct):
    """Queries ``inner`` and keeps the first answer to each question, in order of arrival; see ``save``."""

    inner: Resolver
    recorded: datetime = field(default_factory=lambda: datetime.now(UTC))
    _answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    _places: dict[tuple[str, str, str], Place] = field(default_factory=dict)
    _listings: dict[str, Listing] = field(default_factory=dict)

    @property
    def taskless(self) -> bool:
        """As ``inner``."""
        return taskless(self.inner)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return self._kept(await self.inner.query(name, rrtype))

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        return self._kept(await guesser(self.inner)(name, rrtype))

    def _kept(self, answer: Answer) -> Answer:
        return self._answers.setdefault((answer.name, answer.rrtype), answer)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The position of a record according to ``inner``, which is recorded, too."""
        place = position(self.inner, name, rrtype, text)
        if place is not None:
            self._places[name, rrtype, text] = Place(name, rrtype, text, place)
        return place

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """As ``inner``; the list is recorded."""
        names = names_below(self.inner, name)
        if names is not None and len(names) <= MAX_LISTED:
            self._listings[normalize(name)] = Listing(normalize(name), names)
        return names

    @property
    def snapshot(self) -> Snapshot:
        """Everything recorded so far."""
        answers, places = tuple(self._answers.values()), tuple(self._places.values())
        return Snapshot(self.recorded, answers, places, tuple(self._listings.values()))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recording. Raises SnapshotError."""
        self.snapshot.save(path)


class SnapshotResolver:
    """Replays recorded answers. Other questions are ``unasked``: unknown, never missing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._answers = {(answer.name, answer.rrtype): answer for answer in snapshot.answers}
        self._places = {(p.name, p.rrtype, p.text): p.written for p in snapshot.places}
        self._names = {answer.name for answer in snapshot.answers}
        self._listings = {each.name: each.names for each in snapshot.listings}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> SnapshotResolver:
        """From a file. Raises SnapshotError."""
        return cls(Snapshot.load(path))

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return self.known(name, rrtype)

    def known(self, name: str, rrtype: str) -> Answer:
        """See Resolver: all answers are known."""
        key = (normalize(name), rrtype.upper())
        answer = self._answers.get(key)
        return answer or Answer(*key, "unasked", reason="not in the recording")

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The recorded position of a record."""
        return self._places.get((name, rrtype, text))

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """The recorded list of names below a name, if there is one."""
        return self._listings.get(normalize(name))

    def covers(self, name: str) -> bool:
        """Whether any question about the name was recorded."""
        return normalize(name) in self._names
