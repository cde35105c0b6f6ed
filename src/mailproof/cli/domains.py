"""Parse the given domains: names, addresses, URLs, or lists in files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailproof.cli.streams import note, standard_input
from mailproof.engine.arguments import checked_domain, name_in
from mailproof.errors import UsageError
from mailproof.files import read_whole
from mailproof.render.places import Place

#: The largest list that is read, in octets.
MOST_TEXT = 64 * 1024 * 1024
#: Extensions of files that are easily taken for a domain.
_FILES = (".zone", ".db", ".txt", ".csv", ".json", ".yaml", ".tf")


def given_domains(given: Sequence[str]) -> tuple[str, ...]:
    """Each domain once, in A-labels (see ``listed_domains``)."""
    return tuple(listed_domains(given))


def listed_domains(given: Sequence[str]) -> dict[str, Place | None]:
    """Each domain once, in A-labels, with its position if it is from a file.

    ``@FILE`` and ``-`` are lists: one domain per line, # for comments. A URL or an address is reduced to its
    domain, with a note on stderr. Raises UsageError.
    """
    found: dict[str, Place | None] = {}
    for each in given:
        if each == "-" or each.startswith("@"):
            for line, text in _lines(each):
                try:
                    place = None if each == "-" else Place(each[1:], line)
                    found.setdefault(_domain(text), place)
                except UsageError as error:
                    raise UsageError(
                        f"{'standard input' if each == '-' else each[1:]}:{line}: {error}"
                    ) from None
        elif ("/" in each or each.endswith(_FILES)) and os.path.isfile(each):
            raise UsageError(f"{each} is a file: give a zone as --zone {each}, a list of domains as @{each}")
        else:
            found.setdefault(_domain(each), None)
    if given and not found:
        raise UsageError(f"{given[0]}: no domain in it")
    return found


def _domain(text: str) -> str:
    name = name_in(text)
    domain = checked_domain(name)
    if name != text.strip():
        note(f"{text.strip()[:200]}: checking the domain {domain}")
    return domain


def _lines(source: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_text(source).splitlines(), 1):
        text = line.partition("#")[0].strip()
        if text:
            yield number, text


def _text(source: str) -> str:
    if source == "-":
        raw = standard_input(UsageError("standard input is closed: no list to read")).read(MOST_TEXT)
    else:
        raw = read_whole(Path(source[1:]), MOST_TEXT, UsageError, "too large: give it to mailproof bulk")
    return raw.decode("utf-8-sig", "replace")
