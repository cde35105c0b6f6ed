"""Closes connections immediately, in any state."""

from __future__ import annotations

import asyncio
from contextlib import suppress


def abort(transport: asyncio.WriteTransport) -> None:
    """Drop the connection; buffered data is lost.

    In Python 3.11.2 (Debian 12), ``abort`` of a closed TLS connection raises AttributeError.
    """
    with suppress(AttributeError):
        transport.abort()
