"""A connection to a spam filter, with all failures as ``AskFailed``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import AskedProblem

#: Seconds for the TCP connection, out of a filter's total time limit.
CONNECT = 5.0


class AskFailed(Exception):
    """A filter gave no answer: a stable code, and a sentence without a full stop."""

    def __init__(self, code: AskedProblem, words: str) -> None:
        self.code, self.words = code, words
        super().__init__(words)


@asynccontextmanager
async def connection(
    host: str, port: int, *, path: Path | None = None, tls: TlsSettings | None = None
) -> AsyncIterator[Wire]:
    """A connection to a host's port or a socket's path, closed at the end. Raises AskFailed.

    Names are resolved by the system: a configured name may be only in /etc/hosts.
    """
    wire = await (_socket(path) if path is not None else _tcp(host, port, tls))
    try:
        yield wire
    except ConnectionEnded as error:
        raise AskFailed("protocol", f"the connection was lost ({error})") from None
    finally:
        wire.abort()


async def _socket(path: Path) -> Wire:
    if not hasattr(asyncio, "open_unix_connection"):  # Windows
        raise AskFailed(
            "unreachable", f"the socket {path} cannot be used: this system's Python has no Unix sockets"
        )
    try:
        return Wire(*await asyncio.open_unix_connection(str(path)))
    except ConnectionRefusedError:
        raise AskFailed("refused", f"nothing listens on the socket {path}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        words = getattr(error, "strerror", None) or str(error)
        raise AskFailed("unreachable", f"the socket {path} cannot be used: {words}") from None


async def _tcp(host: str, port: int, tls: TlsSettings | None) -> Wire:
    from mailproof.mail.connect import Trouble, open_secure, open_wire

    try:
        if tls is None:
            return (await open_wire(host, port, timeout=CONNECT))[0]
        return (await open_secure(host, port, tls, timeout=CONNECT, now=datetime.now(UTC)))[0]
    except Trouble as trouble:
        kind = trouble.kind
        code: AskedProblem = "tls" if kind == "certificate" or kind == "wrong-mode" else kind
        raise AskFailed(code, trouble.reason) from None
