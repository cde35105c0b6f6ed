"""A pasted message while it is being cleaned up."""

from __future__ import annotations

from msgspec import Struct, field


class Pasted(Struct):
    """The text of a message, and what is known about it as a copy.

    ``altered`` describes changes to its lines, after which a differing hash proves nothing ("": none);
    ``partial`` is why the header is incomplete, so that a missing field proves nothing.
    """

    raw: bytes
    problems: list[str] = field(default_factory=list)
    altered: str = ""
    partial: str = ""

    def undo(self, raw: bytes, problem: str, *, altered: bool = True) -> None:
        """Replace the text by a corrected one, and record the problem that was corrected."""
        self.raw = raw
        self.problems.append(problem)
        if altered:
            self.altered = self.altered or problem
