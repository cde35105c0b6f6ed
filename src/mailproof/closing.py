"""Closing a connection at once, in any state."""

from __future__ import annotations

import asyncio
from contextlib import suppress


def abort(transport: asyncio.WriteTransport) -> None:
    """Drop the connection; what is buffered is lost.

    Python 3.11.2 (Debian 12) raises AttributeError from the ``abort`` of a TLS connection that is gone.
    """
    with suppress(AttributeError):
        transport.abort()
