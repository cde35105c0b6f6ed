"""``--summary FILE``: the summary of many domains or messages, as text, JSON or HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec import Struct

from mailproof.cli.groups import option
from mailproof.errors import UsageError
from mailproof.files import check_writable, failing_as, write_whole

if TYPE_CHECKING:
    from mailproof.render.sums import Sums

_ENDINGS = (".txt", ".json", ".html")

Summaries = Annotated[
    list[Path] | None,
    option(
        "--summary FILE",
        "Write the summary of the whole run to this .txt, .json or .html file too (repeatable).",
        rich_help_panel="Output",
    ),
]


def check_summaries(paths: Iterable[Path]) -> None:
    """Raises UsageError for an unusable file, before any work is done."""
    for each in paths:
        if each.suffix not in _ENDINGS:
            raise UsageError(f"--summary {each}: the name must end in .txt, .json or .html")
        check_writable(f"--summary {each}", each)


def write_summaries(
    paths: Iterable[Path], summary: Struct, text: Callable[[], str], sums: Callable[[], Sums]
) -> None:
    """Write the summaries. Raises UsageError if one cannot be written."""
    from mailproof.render.json import json_text

    def html() -> str:
        from mailproof.render.bulk_html import render_sums_html

        return render_sums_html(sums())

    for path in paths:
        written = {".json": lambda: json_text(summary), ".html": html, ".txt": text}[path.suffix]
        with failing_as(UsageError, f"--summary {path}: cannot write"):
            write_whole(path, written().encode())


def titles_of(findings: Iterable[tuple[str, int]]) -> dict[str, str]:
    """The titles of the rules in a summary."""
    from mailproof.checks import registry

    return {rule: registry.check(rule).rule.title for rule, _ in findings}
