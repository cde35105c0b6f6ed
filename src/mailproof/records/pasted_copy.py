"""A message as it was pasted, while what is not of it is removed."""

from __future__ import annotations

from msgspec import Struct, field


class Pasted(Struct):
    """The text of a message, and what is known of it as a copy.

    ``altered`` says what was done to its lines, so that a hash that differs proves nothing ("": nothing);
    ``partial`` why it is not the whole header, so that a field that is missing proves nothing.
    """

    raw: bytes
    problems: list[str] = field(default_factory=list)
    altered: str = ""
    partial: str = ""

    def undo(self, raw: bytes, problem: str, *, altered: bool = True) -> None:
        """Take over a text from which something was removed."""
        self.raw = raw
        self.problems.append(problem)
        if altered:
            self.altered = self.altered or problem
