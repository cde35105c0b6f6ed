"""The header format of a receiver."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A receiver's header with placeholders in braces. Its own results are marked with ``@``.
    ``inside``: the message did not come from a client.
    """

    name: str
    text: str
    inside: bool = False
