"""The given zones: files of any format, or all zone files in a directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.cli.nameless import syntax_of
from mailproof.cli.streams import note
from mailproof.errors import MailproofError, UsageError
from mailproof.redaction import learn

if TYPE_CHECKING:
    from mailproof.dns import ZoneFile, ZoneResolver
    from mailproof.dns.answer import Key
    from mailproof.dns.inputs.contents import Contents
    from mailproof.dns.patch import Patch
    from mailproof.dns.zone.reader import ZoneComment
    from mailproof.render.places import Place

#: Patterns for zone files in a directory; *.*.yaml is octoDNS's (acme.example.yaml).
NAMES = ("*.zone", "*.db", "db.*", "*.hosts", "*.dns", "*.*.yaml", "*.tf", "*.tofu")
#: The most files in a directory: more do not belong to one owner's mail.
MOST_FILES = 5000
#: The most notes on parts that were left out.
MOST_LEFT_OUT = 10
_RUN: ContextVar[dict[tuple[tuple[Path, ...], str], tuple[Contents, ...]] | None] = ContextVar(
    "mailproof_zones", default=None
)


def read_zones(given: tuple[Path, ...], form: str = "") -> tuple[ZoneResolver | None, Mapping[Key, Patch]]:
    """The zones, and the record sets that plans and proposed changes replace (the last one wins).

    Raises ZoneFileError and UsageError.
    """
    if not given:
        return None, {}
    from mailproof.dns import ZoneResolver

    zones = zone_files(given, form)
    changes = {key: patch for each in _contents(given, form) for key, patch in each.changes.items()}
    return ZoneResolver(*zones) if zones else None, changes


def zone_files(given: tuple[Path, ...], form: str = "") -> tuple[ZoneFile, ...]:
    """The zones in the files, to be combined with others."""
    return tuple(zone for each in _contents(given, form) for zone in each.zones)


def domains_of(given: Sequence[Path], form: str = "") -> tuple[str, ...]:
    """The domains of the zones, used if none are given. Raises UsageError if there are none."""
    found = names_of(given, form) if given else ()
    if not found:
        raise UsageError("no domain given: name one, or give a zone that has an $ORIGIN (--zone FILE)")
    return found


def names_of(given: Sequence[Path], form: str = "") -> tuple[str, ...]:
    """The domains of the zones and plans; empty if they name none."""
    zones = read_zones(tuple(given), form)[0]
    planned = [name for each in _contents(tuple(given), form) for name in each.domains]
    names = dict.fromkeys((*(zones.origins if zones is not None else ()), *planned))
    return tuple(name for name in names if "." in name and not name.endswith(".arpa"))


def is_proposed(given: Sequence[Path], form: str = "") -> bool:
    """Whether any of the files contains changes that mailproof proposed."""
    return any(each.proposed for each in _contents(tuple(given), form))


def comments_of(given: Sequence[Path], form: str = "") -> tuple[ZoneComment, ...]:
    """Comments for mailproof in the zone files."""
    contents = _contents(tuple(given), form) if given else ()
    return tuple(comment for each in contents for zone in each.zones for comment in zone.reader.comments)


def hide_and_report(given: tuple[Path, ...], form: str = "", *, aloud: bool = True) -> None:
    """Hide the files' sensitive values in all output; ``aloud``: note on stderr what was not read."""
    for each in _contents(given, form):
        for text in each.sensitive:
            learn(text)
    if not aloud:
        return
    for each in _contents(given, form):
        for record in each.nameless:
            note(syntax_of(record))
    left_out = [line for each in _contents(given, form) for line in each.left_out]
    for line in left_out[:MOST_LEFT_OUT]:
        note(line)
    if len(left_out) > MOST_LEFT_OUT:
        note(f"… and {len(left_out) - MOST_LEFT_OUT} more that were not read")


@contextmanager
def read_once() -> Iterator[None]:
    """A context, for one run, in which each file is read only once: a pipe can't be read again."""
    token = _RUN.set({})
    try:
        yield
    finally:
        _RUN.reset(token)


def _contents(given: tuple[Path, ...], form: str) -> tuple[Contents, ...]:
    if not given:
        return ()
    from mailproof.dns.inputs.forms import read_input

    known = _RUN.get()
    if known is None:
        return tuple(read_input(file, form) for file in _files(given))
    if (given, form) not in known:
        known[given, form] = tuple(read_input(file, form) for file in _files(given))
    return known[given, form]


def beginnings(given: Sequence[Path], form: str = "") -> Callable[[str], Place | None]:
    """Return a function for the first line of a domain's zone, where findings on missing records are shown.

    The zones are read on first use, as not every format needs this.
    """
    from mailproof.render.places import Place

    @cache
    def zones() -> ZoneResolver | None:
        try:
            return read_zones(tuple(given), form)[0]
        except MailproofError:  # they were read before: a later failure must not cost the report
            return None

    def place(domain: str) -> Place | None:
        found = zones()
        where = found.beginning(domain) if found is not None else None
        return None if where is None else Place(*where)

    return place if given else lambda _: None


def _files(given: Sequence[Path]) -> Iterator[Path]:
    for path in given:
        if not path.is_dir():
            yield path
            continue
        found = sorted({file for name in NAMES for file in path.glob(name) if file.is_file()})
        if not found:
            raise UsageError(f"{path}: no zone file in this directory ({' '.join(NAMES)})")
        if len(found) > MOST_FILES:
            raise UsageError(f"{path}: {len(found)} files, but at most {MOST_FILES} are read")
        out = next((each for each in found if not each.resolve().is_relative_to(path.resolve())), None)
        if out is not None:  # from a checkout, error messages would quote the link's target
            raise UsageError(f"{path}: {out.name} links out of this directory: name its target itself")
        yield from found
