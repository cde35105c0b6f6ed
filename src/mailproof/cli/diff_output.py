"""Write the result of ``mailproof diff`` to standard output and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mailproof.cli.groups import option
from mailproof.cli.options import Color, Form
from mailproof.cli.output import show, split_format
from mailproof.cli.streams import complain
from mailproof.errors import UsageError
from mailproof.files import check_writable, write_whole
from mailproof.redaction import hide, hide_within

if TYPE_CHECKING:
    from mailproof.model.changes import Changes
    from mailproof.render.look import Look

#: The formats of files, by their extensions.
ENDINGS: Mapping[str, str] = {".json": "json", ".md": "markdown", ".txt": "text"}
DiffOutputs = Annotated[
    list[Path] | None,
    option(
        "-o --output [FORMAT:]FILE",
        "Write the changes to a file too (repeatable): .json, .md (as --explain-change), .txt.",
    ),
]


def chosen_file(given: Path) -> tuple[Path, str]:
    """The file and its format. Raises UsageError if it is not writable, before any work is done."""
    name, path = split_format(given, tuple(ENDINGS.values()))
    form = name or ENDINGS.get(path.suffix.lower(), "")
    if not form:
        known = ", ".join(f"{form}:FILE ({ending})" for ending, form in ENDINGS.items())
        raise UsageError(f"-o {given}: unknown file extension; the formats of diff are {known}")
    check_writable(f"-o {given}", path)
    return path, form


def show_changes(
    changes: Changes,
    code: int,
    least: str,
    *,
    form: Form,
    color: Color,
    explain: bool,
    files: Sequence[tuple[Path, str]],
) -> int:
    """Show and write the changes. Returns the exit code: 2 if a file could not be written."""
    from mailproof.render.changes import document
    from mailproof.render.json import json_text, to_plain
    from mailproof.render.text.changes import render_changes, render_sentences

    whole = document(changes, code, least)

    def page(look: Look) -> str:
        return render_sentences(changes) if explain else render_changes(changes, code, least, look)

    show(form, color, whole, page)
    texts: dict[str, Callable[[], str]] = {
        "json": lambda: json_text(hide_within(to_plain(whole))),
        "markdown": lambda: hide(render_sentences(changes)),
        "text": lambda: hide(render_changes(changes, code, least)),
    }
    for path, kind in files:
        try:
            write_whole(path, texts[kind]().encode("utf-8", "backslashreplace"))
        except OSError as error:
            complain(f"-o {path}: cannot write: {error.strerror or error}")
            code = 2 if code != 130 else code
    return code
