"""The JSON of ``mailproof diff``, which docs/changes.schema.json publishes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof._version import __version__
from mailproof.model import Tool
from mailproof.model.changes import Changes, DomainChanges

#: Incremented when a key is removed or changes its meaning.
VERSION: Literal["1"] = "1"


class ChangesSummary(Struct, frozen=True):
    """How many changes there are, for the worse (as ``--fail-on`` counts) and not comparable."""

    changes: int
    worse: int
    unknown: int
    exit_code: int


class ChangesDocument(Struct, frozen=True):
    """All of one comparison."""

    schema_version: Literal["1"]
    tool: Tool
    old: str
    new: str
    summary: ChangesSummary
    domains: tuple[DomainChanges, ...]


def document(changes: Changes, code: int, fail_on: str) -> ChangesDocument:
    """Build the document for a comparison."""
    count = sum(len(each.changes) for each in changes.domains)
    summary = ChangesSummary(count, len(changes.worse(fail_on)), len(changes.unknown), code)
    return ChangesDocument(
        VERSION, Tool(version=__version__), changes.old, changes.new, summary, changes.domains
    )
