"""The zones that were given: files, or all zone files of a directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.dns import ZoneResolver
    from mailproof.dns.patch import Key, Patch
    from mailproof.dns.zone.reader import ZoneComment

#: The names of zone files in a directory.
NAMES = ("*.zone", "*.db", "db.*", "*.hosts", "*.dns")
#: A directory with more files than this does not belong to one owner's mail.
MOST_FILES = 5000
#: As much of a file is searched for comments.
MOST_OCTETS = 64 * 1024 * 1024


def read_zones(given: tuple[Path, ...]) -> tuple[ZoneResolver | None, Mapping[Key, Patch]]:
    """The zones, and the record sets that proposed changes replace. Raises ZoneFileError and UsageError."""
    from mailproof.dns import ZoneResolver
    from mailproof.dns.patch import read_patch_files

    files, patches = read_patch_files(tuple(_files(given)))
    return ZoneResolver.from_files(*files) if files else None, patches


def domains_of(given: Sequence[Path]) -> tuple[str, ...]:
    """The domains of the zones, which need not be named then. Raises UsageError where there are none."""
    zones = read_zones(tuple(given))[0] if given else None
    found = (
        tuple(origin for origin in zones.origins if "." in origin and not origin.endswith(".arpa"))
        if zones is not None
        else ()
    )
    if not found:
        raise UsageError("no domain given: name one, or give a zone that has an $ORIGIN (--zone FILE)")
    return found


def comments_of(given: Sequence[Path]) -> tuple[ZoneComment, ...]:
    """The comments marked for mailproof. Files without any are not read as zones for it."""
    files = tuple(path for path in _files(given) if _may_have_comments(path))
    zones = read_zones(files)[0] if files else None
    return zones.comments if zones is not None else ()


def _may_have_comments(path: Path) -> bool:
    from mailproof.files import read_given

    try:
        raw = read_given(path, MOST_OCTETS)
    except OSError:
        return True  # the reader of zones says what is wrong with the file
    return b"mailproof:" in raw or b"$INCLUDE" in raw.upper()


def _files(given: Sequence[Path]) -> Iterator[Path]:
    for path in given:
        if not path.is_dir():
            yield path
            continue
        found = sorted({file for name in NAMES for file in path.glob(name) if file.is_file()})
        if not found:
            raise UsageError(f"--zone {path}: no zone file in this directory ({' '.join(NAMES)})")
        if len(found) > MOST_FILES:
            raise UsageError(f"--zone {path}: {len(found)} files, but at most {MOST_FILES} are read")
        yield from found
