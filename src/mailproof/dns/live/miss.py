"""When a server gave no usable reply."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Miss(NamedTuple):
    """No usable reply: ``timeout`` (nothing came), ``no-way`` (unreachable) or ``garbage`` (unreadable).

    ``unasked``: the server was silent to the questions before.
    """

    kind: Literal["timeout", "no-way", "garbage", "unasked"]
    reason: str
