"""How a receiver writes its header."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """The header of a receiver, a place in braces for what varies. Its own results are marked with ``@``.
    ``inside``: it comes from no client.
    """

    name: str
    text: str
    inside: bool = False
