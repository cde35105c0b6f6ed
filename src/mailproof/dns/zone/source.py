"""Where the text of a zone comes from: given, or from files in one folder."""

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
    """What is left of the limits for one zone and all that it includes."""

    limits: ZoneLimits
    bytes: int = 0
    includes: int = 0


class Source(Struct, frozen=True):
    """One text, the name to give for it in messages, and the folder that it may include files from."""

    text: str
    file: str
    budget: Budget = field(default_factory=lambda: Budget(ZoneLimits()))
    folder: Path | None = None
    root: Path | None = None
    depth: int = 0

    @classmethod
    def open(cls, path: Path, limits: ZoneLimits) -> Source:
        """The zone file itself. Raises ZoneFileError where it cannot be read."""
        budget = Budget(limits)
        return cls.of_text(_read(path, budget), path, budget)

    @classmethod
    def of_text(cls, text: str, path: Path, budget: Budget) -> Source:
        """The zone file, whose text was read already."""
        return cls(text, str(path), budget, path.parent, Path(os.path.realpath(path.parent)))

    def include(self, name: str, line: int, column: int) -> Source:
        """The text of an included file. Raises ZoneFileError, also where it is outside the zone's folder."""

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
    """UTF-8; octets that are not pass through as surrogates, which the reader turns into escapes.

    UTF-16 where the octets begin with its mark: PowerShell 5 redirects into such files.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
