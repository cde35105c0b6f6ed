"""The source of a zone's text: a given string, or files in one folder."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

import dns.exception
import dns.name
from msgspec import Struct, field

from mailproof.dns.zone.limits import ZoneLimits
from mailproof.errors import ZoneFileError
from mailproof.files import read_whole

_FILE_NAME = re.compile(r"(?:db\.)?(.*?)(?:\.(?:zone|db|hosts|dns|txt))?")


class Budget(Struct):
    """The limits for one zone and all its includes, and how much of them is used."""

    limits: ZoneLimits
    bytes: int = 0
    includes: int = 0


class Source(Struct, frozen=True):
    """One text, its name in messages, and the folder from which it may include files."""

    text: str
    file: str
    budget: Budget = field(default_factory=lambda: Budget(ZoneLimits()))
    folder: Path | None = None
    root: Path | None = None
    depth: int = 0

    @classmethod
    def open(cls, path: Path, limits: ZoneLimits) -> Source:
        """Read the zone file itself. Raises ZoneFileError if it cannot be read."""
        budget = Budget(limits)
        return cls.of_text(_read(path, budget), path, budget)

    @classmethod
    def of_text(cls, text: str, path: Path, budget: Budget) -> Source:
        """The zone file, if its text was already read."""
        return cls(text, str(path), budget, path.parent, Path(os.path.realpath(path.parent)))

    def include(self, name: str, line: int, column: int) -> Source:
        """Read an included file. Raises ZoneFileError, also if it is outside the zone's folder."""

        def refuse(reason: str) -> ZoneFileError:
            return ZoneFileError(f"$INCLUDE {name[:80]}: {reason}", file=self.file, line=line, column=column)

        if self.folder is None or self.root is None:
            raise refuse("the zone was given as text, so it has no folder to include from")
        if self.depth >= self.budget.limits.depth:
            raise refuse(f"files include files more than {self.budget.limits.depth} deep")
        self.budget.includes += 1
        if self.budget.includes > self.budget.limits.includes:
            raise refuse(f"more than {self.budget.limits.includes} files are included")
        asked = Path(name)
        if "\0" in name or asked.is_absolute() or ".." in asked.parts:
            raise refuse("only files in the folder of the zone file, or below it, are read")
        path = self.folder / asked
        if not Path(os.path.realpath(path)).is_relative_to(self.root):
            raise refuse("a link leads out of the folder of the zone file")
        try:
            text = _read(path, self.budget)
        except ZoneFileError as error:
            raise refuse(str(error)) from error
        return Source(text, str(path), self.budget, path.parent, self.root, self.depth + 1)

    def origin_of_file(self) -> dns.name.Name | None:
        """The origin from the file's name: ``acme.example.zone`` or ``db.acme.example``."""
        if self.folder is None:
            return None
        match = _FILE_NAME.fullmatch(Path(self.file).name)
        stem = match[1] if match else ""
        if "." not in stem or not re.fullmatch(r"[A-Za-z0-9_.-]+", stem):
            return None
        try:
            return dns.name.from_text(stem)
        except dns.exception.DNSException:
            return None


def _read(path: Path, budget: Budget) -> str:
    most = budget.limits.file_bytes
    raw = read_whole(path, most - budget.bytes, ZoneFileError, f"larger than the limit of {most} octets")
    budget.bytes += len(raw)
    return decode(raw)


def decode(raw: bytes) -> str:
    """Decode UTF-8; invalid octets become surrogates, which the reader turns into escapes.

    Decodes UTF-16 if there is a byte order mark: PowerShell 5 redirects output as UTF-16.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
