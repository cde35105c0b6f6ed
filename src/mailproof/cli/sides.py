"""The two sides of ``mailproof diff``: zones, a recording, reports, or the live DNS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from mailproof.cli.zones import GivenZones
from mailproof.dns import Resolver, SnapshotResolver, ZoneResolver
from mailproof.dns.answer import Key
from mailproof.dns.inputs.forms import JSON
from mailproof.dns.patch import Patch
from mailproof.dns.zone.source import decode
from mailproof.errors import MailproofError, UsageError
from mailproof.files import read_whole
from mailproof.model import SCHEMA_VERSION, Report
from mailproof.model.numbers import read

LIVE = "live"
#: The largest file with reports, in octets.
MAX_REPORTS = 256 * 1024 * 1024


class Given(NamedTuple):
    """One side as given: ``reports``, or data overlaid on the live DNS (if none: the live DNS itself).

    ``domains`` are those it contains. ``proposed``: it is a fragment from ``--fix-zone``.
    """

    label: str
    domains: tuple[str, ...] = ()
    reports: Mapping[str, Report] | None = None
    recording: Resolver | None = None
    recorded: datetime | None = None
    zones: ZoneResolver | None = None
    patches: Mapping[Key, Patch] | None = None
    proposed: bool = False

    @property
    def fragment(self) -> bool:
        """Whether it only contains changes (a plan, proposed ones); the rest is as on the other side."""
        return (self.proposed or bool(self.patches)) and self.zones is None

    @property
    def needs_dns(self) -> bool:
        """Whether it needs the live DNS, at least for what it does not contain."""
        return self.reports is None and self.recording is None


def read_side(text: str, form: str) -> Given:
    """Read the side that an argument names; ``form`` is the format of files with records.

    Raises UsageError, SnapshotError and ZoneFileError.
    """
    if text == LIVE:
        return Given(LIVE)
    path = Path(text)
    return _from_pipe(path, form) if path.is_fifo() else _from_file(path, text, form)


def _from_pipe(path: Path, form: str) -> Given:
    """A pipe from the shell, ``<(git show HEAD:acme.zone)``: readable only once, but files are read twice."""
    import tempfile

    raw = _octets(path)
    with tempfile.TemporaryDirectory(prefix="mailproof-") as folder:
        copy = Path(folder) / "pipe"
        copy.write_bytes(raw)
        try:
            return _from_file(copy, str(path), form)
        except MailproofError as error:
            raise UsageError(str(error).replace(str(copy), str(path))) from None


def _from_file(path: Path, text: str, form: str) -> Given:
    document = None if path.is_dir() or form else _document(_octets(path), text)
    if isinstance(document, dict) and "mailproof-snapshot" in document:
        snapshot = SnapshotResolver.load(path)
        return Given(text, recording=snapshot, recorded=snapshot.snapshot.recorded)
    if _is_report(document):
        reports = _reports(document, text)
        return Given(text, tuple(reports), reports=reports)
    return _zones(path, text, form)


def _octets(path: Path) -> bytes:
    return read_whole(path, MAX_REPORTS, UsageError, f"larger than the limit of {MAX_REPORTS} octets")


def _document(raw: bytes, shown: str) -> object:
    """The parsed JSON, if the content starts like JSON; else None."""
    if not JSON.match(decode(raw[:1024])):
        return None
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        if (found := _lines(raw, shown)) is not None:
            return found
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
        fault = "the JSON ends too early: the file is cut off" if cut else "not JSON from here on"
        raise UsageError(f"{shown}:{error.lineno}:{error.colno}: {fault}") from None
    except ValueError:
        raise UsageError(f"{shown}: starts like JSON, but is not UTF-8") from None
    except RecursionError:
        raise UsageError(f"{shown}: the JSON is nested too deep") from None


def _lines(raw: bytes, shown: str) -> list[object] | None:
    """The documents of JSON lines; None if the first line is not a complete document."""
    found: list[object] = []
    for number, line in enumerate(raw.splitlines(), 1):
        try:
            found += [json.loads(line)] if line.strip() else []
        except (ValueError, RecursionError) as error:
            if not found:
                return None
            raise UsageError(f"{shown}:{number}: not JSON: {error}") from None
    return found


def _is_report(document: object) -> bool:
    if isinstance(document, list):
        return bool(document) and all(map(_is_report, document))
    return isinstance(document, dict) and "schema_version" in document


def _reports(document: object, shown: str) -> dict[str, Report]:
    """Reports by domain, from one report, a list, or an object with a list of them."""
    for each in (document, *(document if isinstance(document, list) else ())):
        version = each.get("schema_version", SCHEMA_VERSION) if isinstance(each, dict) else SCHEMA_VERSION
        if version != SCHEMA_VERSION:
            raise UsageError(
                f"{shown}: schema_version {str(version)[:20]!a}: only {SCHEMA_VERSION!a} is read; "
                "make the report again"
            )
    if isinstance(document, dict) and isinstance(document.get("reports"), list):
        document = document["reports"]
    found: dict[str, Report] = {}
    for each in document if isinstance(document, list) else [document]:
        try:
            report = msgspec.convert(each, Report, strict=False, dec_hook=read)
        except (msgspec.ValidationError, ValueError, RecursionError) as error:
            raise UsageError(f"{shown}: not a report that this mailproof reads: {error}") from None
        if report.facts.dns is None or report.facts.message is not None:
            raise UsageError(
                f"{shown}: the report on {report.subject[:80]!r} is not on a domain: use mailproof audit"
            )
        found[report.facts.dns.domain] = report
    if not found:
        raise UsageError(f"{shown}: no report in it")
    return found


def _zones(path: Path, text: str, form: str) -> Given:
    given = GivenZones((path,), form)
    zones, patches = given.read()
    proposed = given.are_proposed()
    given.hide_and_report()
    if zones is None and not patches and not proposed:  # there may be nothing to change
        raise UsageError(f"{text}: no records in it")
    return Given(text, given.names(), zones=zones, patches=patches, proposed=proposed)
