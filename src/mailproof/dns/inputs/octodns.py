"""An octoDNS zone in YAML (``acme.example.yaml``), read by octoDNS (the extra ``mailproof[octodns]``).

Before octoDNS opens the file, we scan its YAML events: included files must be in the folder.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.dns.inputs.contents import PROXIED, Contents, Gathered, owner_of, parse_rdata
from mailproof.dns.inputs.located import MAX_DEPTH, Place
from mailproof.dns.text import record_text
from mailproof.dns.written import Piece
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zone.source import decode
from mailproof.errors import ZoneFileError
from mailproof.files import read_given
from mailproof.structs import replace

if TYPE_CHECKING:
    from octodns.record.base import Record

_CONTEXT = re.compile(r"(?P<file>.*), line (?P<line>[0-9]+), column (?P<column>[0-9]+)", re.DOTALL)
#: Distinct YAML strings whose columns are kept.
MAX_TEXTS = 100_000
#: Anchors and tags before a value.
_PROPERTIES = re.compile(r"^(?:[&!]\S*\s+)+")
#: YAML events in one zone, including all included files.
MAX_EVENTS = 2_000_000
#: Uses of anchors, each of which is as large as what it repeats.
MAX_ALIASES = 10_000
#: octoDNS's default TTL in seconds.
_TTL = 3600


def is_octodns(text: str) -> bool:
    """Whether the text begins like YAML: with ``---`` or a key."""
    for line in text[:65536].split("\n"):
        words = line.strip()
        if words and not words.startswith("#"):
            return words.startswith(("---", "? ")) or bool(
                re.match(r"""['"]?[^\s;"'()]*['"]?:(\s|$)""", words)
            )
    return False


def read_octodns(path: Path) -> Contents:
    """The zone. Raises ZoneFileError."""
    name, place = path.name.removesuffix(".yaml"), Place(str(path))
    if not path.name.endswith(".yaml") or "." not in name:
        raise place.fault(
            "no zone file, and YAML of octoDNS takes the zone from the file name: acme.example.yaml"
        )
    if name.startswith("$"):
        raise place.fault("part of a zone that octoDNS splits into files, which is not read")
    try:
        import octodns.provider.yaml  # noqa: F401
    except ImportError:
        raise place.fault("YAML of octoDNS needs the extra: pip install 'mailproof[octodns]'") from None
    origin = owner_of(name, place)
    scan = _Scan(path.parent)
    scan.file(path, place)
    with _quiet():
        return contents_of(_records(path, place), origin, str(path), scan.located)


def contents_of(
    records: Iterable[Record], origin: str, file: str, locate: Callable[[Place, str], Place] | None = None
) -> Contents:
    """The zone with these octoDNS records. ``file`` is named for records without a place.

    ``locate`` adds the literal of a record's text to its place. Raises ZoneFileError.
    """
    gathered = Gathered(file, origin, whole=True)
    for record in sorted(records):
        _add_record(record, gathered, Place(file), locate or (lambda place, _: place))
    return gathered.contents()


def _records(path: Path, place: Place) -> list[Record]:
    """The records as created by octoDNS, one at a time, so that each fault has its place."""
    from octodns.provider.yaml import YamlProvider
    from octodns.record import Record
    from octodns.yaml import safe_load
    from octodns.zone import Zone

    at = place
    try:
        zone = Zone(path.name.removesuffix("yaml"), [])
        source = YamlProvider("mailproof", str(path.parent), escaped_semicolons=True)
        with path.open(encoding="utf-8") as file:
            entries = safe_load(file, enforce_order=False) or {}
        for name, given in entries.items():
            for data in given if isinstance(given, list) else [given]:
                at = _place(getattr(data, "context", None), place)
                record = Record.new(zone, name, {"ttl": _TTL, **data}, source=source, lenient=True)
                record.context = record.context or getattr(data, "context", None)
                zone.add_record(record, lenient=True)
        return list(zone.records)
    except Exception as error:  # noqa: BLE001 - whatever octoDNS raises for a strange file becomes one line
        raise _error_at(error, at) from None


def _add_record(record: Record, gathered: Gathered, whole: Place, at: Callable[[Place, str], Place]) -> None:
    place = _place(getattr(record, "context", None), whole)
    rrtype = str(record._type)
    owner = owner_of(record.fqdn, place)
    if rrtype == "ALIAS":
        gathered.addresses(owner, f"ALIAS at {owner}: the provider fills in the addresses")
    elif rrtype in PROXIED and record.octodns.get("cloudflare", {}).get("proxied"):
        gathered.proxied(owner)
    elif getattr(record, "dynamic", None) or getattr(record, "geo", None):
        gathered.unstated(owner, rrtype, f"{owner} is dynamic: the provider chooses what to answer")
    elif record.ignored:
        gathered.unstated(owner, rrtype, f"{owner} is ignored by octoDNS: what is published stays")
    elif gathered.reads(owner, rrtype, place):
        try:
            rdatas, ttl = tuple(record.to_rrset().rdatas), int(record.ttl)
        except Exception as error:  # noqa: BLE001 - values that octoDNS' lenient mode accepts
            raise _error_at(error, place) from None
        for rdata in (parse_rdata(rrtype, each, place) for each in rdatas):
            exact = at(place, record_text(rdata)) if rrtype in ("TXT", "SPF") else place
            gathered.add(owner, rrtype, rdata, ttl, exact)


def _place(context: object, whole: Place) -> Place:
    match = _CONTEXT.fullmatch(str(context))
    return Place(match["file"], int(match["line"]), int(match["column"])) if match else whole


def _error_at(error: Exception, place: Place) -> ZoneFileError:
    """The error in one line, without the place, which octoDNS repeats."""
    words = str(error).split("\n")[0].replace(f", {place.file}, line {place.line}, column {place.column}", "")
    return place.fault(f"octoDNS can't read it: {words[:200] or type(error).__name__}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress octoDNS's log, which contains values."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _without_quoting(text: str) -> str:
    """A text without quotes, escapes and spaces, for comparison."""
    return text.replace("\\", "").replace('"', "").replace(" ", "")


class _Scan:
    """Scans and counts the events of a file and all files it includes."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))
        self._octets = self._files = self._events = self._aliases = 0
        self._texts: dict[tuple[str, str], list[Piece]] = {}

    def located(self, place: Place, text: str) -> Place:
        """The place with the literal of the text: the first one at or after the place, else the first."""
        found = self._texts.get((place.file, _without_quoting(text)), ())
        after = (each for each in found if (each.line, each.column) >= (place.line, place.column))
        piece = next(after, None) or next(iter(found), None)
        return place if piece is None else replace(place, pieces=(piece,), syntax="yaml")

    def file(self, path: Path, place: Place, depth: int = 0) -> None:
        """Scan a file. Raises ZoneFileError if it is not YAML, is too large, or includes files elsewhere."""
        import yaml

        limits = ZoneLimits()
        try:
            raw = read_given(path, limits.file_bytes - self._octets)
        except OSError as error:
            raise place.fault(f"{path.name} cannot be read: {error.strerror or error}") from None
        self._octets += len(raw)
        if self._octets > limits.file_bytes:
            raise place.fault(f"larger than the limit of {limits.file_bytes} octets")
        try:
            self._scan_events(path, decode(raw), depth)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            at = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
            raise at.fault(f"not YAML: {error.problem or error.context or 'syntax error'}") from None
        except (yaml.YAMLError, ValueError):
            raise Place(str(path)).fault("not YAML: characters that it cannot hold") from None

    def _scan_events(self, path: Path, text: str, depth: int) -> None:
        import yaml

        nested, lines = 0, text.split("\n")
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            mark = event.start_mark
            at = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
            self._events += 1
            self._aliases += isinstance(event, yaml.AliasEvent)
            nested += isinstance(event, yaml.CollectionStartEvent) - isinstance(
                event, yaml.CollectionEndEvent
            )
            if nested > MAX_DEPTH:
                raise at.fault(f"values are more than {MAX_DEPTH} deep inside each other")
            if self._events > MAX_EVENTS or self._aliases > MAX_ALIASES:
                raise at.fault(f"more than {MAX_EVENTS} values, or {MAX_ALIASES} uses of anchors")
            end = event.end_mark
            if isinstance(event, yaml.ScalarEvent) and mark and end and mark.line == end.line:
                self._keep(
                    path, event.value, Piece(lines[mark.line][mark.column : end.column], at.line, at.column)
                )
            if getattr(event, "tag", None) == "!include":
                self._include(path, str(getattr(event, "value", "")), at, depth)

    def _keep(self, path: Path, value: str, raw: Piece) -> None:
        """Keep the literal of a text that may be a record which findings point into."""
        if "=" in value and len(self._texts) < MAX_TEXTS:
            text = _PROPERTIES.sub("", raw.text)
            piece = Piece(text, raw.line, raw.column + len(raw.text) - len(text))
            self._texts.setdefault((str(path), _without_quoting(value)), []).append(piece)

    def _include(self, path: Path, name: str, at: Place, depth: int) -> None:
        limits = ZoneLimits()
        self._files += 1
        if self._files > limits.includes or depth >= limits.depth:
            raise at.fault(f"more than {limits.includes} files are included, or over {limits.depth} deep")
        asked = Path(name)
        found = Path(os.path.realpath(path.parent / asked))
        outside = asked.is_absolute() or ".." in asked.parts or not found.is_relative_to(self._folder)
        if "\0" in name or name.startswith("~") or outside:
            raise at.fault(
                f"!include {name[:80]}: only files in the folder of the zone, or below it, are read"
            )
        self.file(path.parent / asked, at, depth + 1)
