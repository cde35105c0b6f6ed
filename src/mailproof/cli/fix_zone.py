"""Writes the proposal of ``--fix-zone``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.cli.streams import note
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.model.fixes import FixProposal


def check_fix_zone(path: Path | None) -> None:
    """Raises UsageError, before any work is done, where the file could not be written."""
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        raise UsageError(f"--fix-zone {path}: a file in a folder that exists is needed")


def write_fix_zone(path: Path, proposals: Sequence[FixProposal]) -> None:
    """Write the fragment and say on stderr what is in it. Raises UsageError where that cannot be."""
    from mailproof.render.fix_zone import render_fix_zone, summary

    proposals = sorted(proposals, key=lambda each: each.domain)
    try:
        path.write_text(render_fix_zone(proposals), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--fix-zone {path}: cannot write: {error.strerror or error}") from None
    note(summary(str(path), proposals))
