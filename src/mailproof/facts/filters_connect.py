"""A connection to a spam filter, and every trouble with it in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.closing import abort
from mailproof.model import AskedProblem

if TYPE_CHECKING:
    import ssl

    from mailproof.mail.connect import TroubleKind

#: Seconds for the TCP connection, of the whole time that a filter has.
CONNECT = 5.0
_CODES: dict[TroubleKind, AskedProblem] = {
    "timeout": "timeout",
    "refused": "refused",
    "unreachable": "unreachable",
    "unresolved": "unresolved",
    "protocol": "protocol",
    "certificate": "tls",
    "tls": "tls",
    "wrong-mode": "tls",
}
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AskFailed(Exception):
    """A filter gave no answer: a stable word, and a sentence without a full stop."""

    def __init__(self, code: AskedProblem, words: str) -> None:
        self.code, self.words = code, words
        super().__init__(words)


@asynccontextmanager
async def connection(
    host: str, port: int, *, path: Path | None = None, context: ssl.SSLContext | None = None
) -> AsyncIterator[_Streams]:
    """Streams to a host's port or to a socket's path, closed at the end. Raises AskFailed.

    Names are looked up as the machine does: what is configured may stand in /etc/hosts alone.
    """
    reader, writer = await (_socket(path) if path is not None else _tcp(host, port, context))
    try:
        yield reader, writer
    except asyncio.IncompleteReadError:
        raise AskFailed("protocol", "the server closed the connection without a complete answer") from None
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise
        words = error.strerror or type(error).__name__
        raise AskFailed("protocol", f"the connection broke off ({words})") from None
    finally:
        abort(writer.transport)


async def send(writer: asyncio.StreamWriter, data: bytes, *, finish: bool = False) -> None:
    """Send. A server that answers before it has read all may close its side: the answer tells, then."""
    try:
        writer.write(data)
        await writer.drain()
        if finish and writer.can_write_eof():
            writer.write_eof()
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise


async def _socket(path: Path) -> _Streams:
    if not hasattr(asyncio, "open_unix_connection"):  # Windows
        raise AskFailed(
            "unreachable", f"the socket {path} cannot be used: this system's Python has no Unix sockets"
        )
    try:
        return await asyncio.open_unix_connection(str(path))
    except ConnectionRefusedError:
        raise AskFailed("refused", f"nothing listens on the socket {path}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        words = getattr(error, "strerror", None) or str(error)
        raise AskFailed("unreachable", f"the socket {path} cannot be used: {words}") from None


async def _tcp(host: str, port: int, context: ssl.SSLContext | None) -> _Streams:
    import ssl

    from mailproof.mail.connect import Trouble, open_streams

    try:
        reader, writer, _ = await open_streams(host, port, timeout=CONNECT, context=context)
    except Trouble as trouble:
        raise AskFailed(_CODES[trouble.kind], trouble.reason) from None
    except ssl.SSLError as error:
        from mailproof.mail.tls import classify, handshake_words

        if isinstance(error, ssl.SSLCertVerificationError):
            raise AskFailed("tls", classify(error, host).text) from None
        raise AskFailed("tls", handshake_words(error, b"")) from None
    return reader, writer
