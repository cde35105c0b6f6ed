"""The record of a hand-over."""

from __future__ import annotations

from mailproof.printable import clean

MAX_LINES = 600
MAX_WIDTH = 500


class Dialogue:
    """Lines ``C: …`` and ``S: …`` in order; ``--`` for events."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def client(self, line: str) -> None:
        """What we said, without credentials."""
        self._add(f"C: {line}")

    def server(self, *lines: str) -> None:
        """What the server said."""
        for line in lines:
            self._add(f"S: {line}")

    def note(self, text: str) -> None:
        """What happened."""
        self._add(f"-- {text}")

    def _add(self, line: str) -> None:
        if len(self._lines) < MAX_LINES:
            self._lines.append(clean(line)[:MAX_WIDTH])
        elif len(self._lines) == MAX_LINES:
            self._lines.append("-- (the rest is left out)")

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines."""
        return tuple(self._lines)
