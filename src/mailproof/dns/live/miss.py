"""A query without a usable reply."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Miss(NamedTuple):
    """Why there is no usable reply: ``timeout``, ``no-way`` (unreachable), ``garbage`` (malformed) or
    ``unasked`` (not sent, since the server left earlier queries unanswered).
    """

    kind: Literal["timeout", "no-way", "garbage", "unasked"]
    reason: str
