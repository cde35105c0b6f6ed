"""Reads the output of ``tests.mutation.record``, without pytest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutation.mutants import ROOT

FOLDER = ROOT / ".mutants"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A passed test: its processor time, that of the processes it started, and its blocks."""

    name: str
    once: bool
    seconds: float
    of_others: float
    blocks: list[str]


def recorded() -> Iterator[Recorded]:
    """The tests of the last recording."""
    for file in sorted(FOLDER.glob("entered-*.jsonl")):
        *tests, numbered = file.read_text().splitlines()
        known = json.loads(numbered)
        for line in tests:
            name, once, seconds, of_others, numbers = json.loads(line)
            yield Recorded(name, once, seconds, of_others, [known[number] for number in numbers])
