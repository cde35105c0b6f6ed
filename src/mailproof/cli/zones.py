"""The given zones: files of any format, or all zone files in a directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailproof.cli.nameless import syntax_of
from mailproof.cli.streams import note
from mailproof.errors import MailproofError, UsageError
from mailproof.redaction import learn
from mailproof.redaction.limits import MOST_SENSITIVE
from mailproof.render.places import Place

if TYPE_CHECKING:
    from mailproof.dns import ZoneFile, ZoneResolver
    from mailproof.dns.answer import Key
    from mailproof.dns.inputs.contents import Contents
    from mailproof.dns.patch import Patch
    from mailproof.dns.zone.reader import ZoneComment

#: Patterns for zone files in a directory; *.*.yaml is octoDNS's (acme.example.yaml).
NAMES = ("*.zone", "*.db", "db.*", "*.hosts", "*.dns", "*.*.yaml", "*.tf", "*.tofu")
#: The most files in a directory: more do not belong to one owner's mail.
MOST_FILES = 5000
#: The most notes on parts that were left out.
MOST_LEFT_OUT = 10
_RUN: ContextVar[dict[GivenZones, tuple[Contents, ...]] | None] = ContextVar("mailproof_zones", default=None)


class GivenZones(NamedTuple):
    """The given files and directories, and their format ("" to recognize it by content).

    All methods raise ZoneFileError, and UsageError for an unusable directory.
    """

    paths: tuple[Path, ...] = ()
    form: str = ""

    def read(self) -> tuple[ZoneResolver | None, Mapping[Key, Patch]]:
        """The zones, and the record sets that plans and proposed changes replace."""
        if not self.paths:
            return None, {}
        from mailproof.dns import ZoneResolver
        from mailproof.dns.patch import merged

        zones = self.files()
        return ZoneResolver(*zones) if zones else None, merged(each.changes for each in self._contents())

    def files(self) -> tuple[ZoneFile, ...]:
        """The zones in the files, to be combined with others."""
        return tuple(zone for each in self._contents() for zone in each.zones)

    def names(self) -> tuple[str, ...]:
        """The domains of the zones and plans; empty if they name none."""
        names = dict.fromkeys(name for each in self._contents() for name in each.domains)
        return tuple(name for name in names if "." in name and not name.endswith(".arpa"))

    def domains(self) -> tuple[str, ...]:
        """The domains of the zones, used if none are given. Raises UsageError if there are none."""
        if found := self.names():
            return found
        raise UsageError("no domain given: name one, or give a zone that has an $ORIGIN (--zone FILE)")

    def are_proposed(self) -> bool:
        """Whether any of the files contains changes that mailproof proposed."""
        return any(each.proposed for each in self._contents())

    def comments(self) -> tuple[ZoneComment, ...]:
        """Comments for mailproof in the zone files."""
        return tuple(comment for zone in self.files() for comment in zone.reader.comments)

    def hide_and_report(self, *, aloud: bool = True) -> None:
        """Hide the files' sensitive values in all output; ``aloud``: note on stderr what was not read.

        Raises UsageError if there are too many to hide.
        """
        contents = self._contents()
        sensitive = dict.fromkeys(text for each in contents for text in each.sensitive)
        if len(sensitive) > MOST_SENSITIVE:
            raise UsageError(
                f"{len(sensitive)} values of records are sensitive, and at most {MOST_SENSITIVE} can be "
                "hidden: DNS records are public, so wrap them in nonsensitive(…)"
            )
        for text in sensitive:
            learn(text)
        if not aloud:
            return
        for each in contents:
            for record in each.nameless:
                note(syntax_of(record))
        left_out = [line for each in contents for line in each.left_out]
        for line in left_out[:MOST_LEFT_OUT]:
            note(line)
        if len(left_out) > MOST_LEFT_OUT:
            note(f"… and {len(left_out) - MOST_LEFT_OUT} more that were not read")

    def beginnings(self) -> Callable[[str], Place | None]:
        """Return a function for the first line of a domain's zone, where missing records are reported.

        The zones are read on first use, as not every format needs this.
        """

        @cache
        def zones() -> ZoneResolver | None:
            try:
                return self.read()[0]
            except MailproofError:  # they were read before: a later failure must not cost the report
                return None

        def place(domain: str) -> Place | None:
            found = zones()
            where = found.beginning(domain) if found is not None else None
            return None if where is None else Place(*where)

        return place

    def _contents(self) -> tuple[Contents, ...]:
        if not self.paths:
            return ()
        from mailproof.dns.inputs.forms import read_input

        known = _RUN.get()
        if known is not None and self in known:
            return known[self]
        found = tuple(read_input(file, self.form) for file in _files(self.paths))
        if known is not None:
            known[self] = found
        return found


@contextmanager
def read_once() -> Iterator[None]:
    """A context, for one run, in which each file is read only once: a pipe can't be read again."""
    token = _RUN.set({})
    try:
        yield
    finally:
        _RUN.reset(token)


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
