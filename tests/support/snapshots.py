"""Compares texts with files: MAILPROOF_UPDATE_SNAPSHOTS=1 rewrites them; review them before you commit."""

from __future__ import annotations

import os
import re
from importlib.metadata import version
from pathlib import Path

UPDATE = bool(os.environ.get("MAILPROOF_UPDATE_SNAPSHOTS"))
_LOCK = Path(__file__).resolve().parents[2] / "requirements" / "dev.txt"
#: Other versions of Rich wrap differently: then only the characters are compared, not the layout.
_AS_LOCKED = f"\nrich=={version('rich')} " in _LOCK.read_text("utf-8")
_COLOUR = re.compile(r"\x1b\[([0-9;]+)m(.*?)\x1b\[0m", re.DOTALL)


def colours(text: str) -> str:
    """Make terminal colours readable: ``‹32;1 ✓ pass›``."""
    return _COLOUR.sub(r"‹\1 \2›", text)


def sections(text: str) -> dict[str, str]:
    """The sections of a report, including headings, by the first words of the heading."""
    found: dict[str, str] = {"": ""}
    name = ""
    for line in text.splitlines():
        head = re.match(r"(?:‹1 )?(.+?) ?›?(?:‹2 )?[─-]{3,}", line)
        if head:
            name = head[1].partition(" · ")[0]
        found[name] = found.get(name, "") + line + "\n"
    return {name: text.strip("\n") + "\n" for name, text in found.items()}


def check_snapshot(path: Path, text: str) -> None:
    """Assert that the text equals the file."""
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    wanted = path.read_text()
    if not _AS_LOCKED:
        text, wanted = _letters(text), _letters(wanted)
    assert text == wanted, f"{path.name}: MAILPROOF_UPDATE_SNAPSHOTS=1 writes it anew"


def _letters(text: str) -> str:
    return "".join(sorted(re.sub(r"‹[0-9;]+ |›|─+|\s+", "", text)))
