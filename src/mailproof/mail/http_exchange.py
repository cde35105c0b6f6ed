"""One HTTP/1.1 exchange with bounds on everything that comes back; h11 speaks the protocol (RFC 9112)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import FetchKind
from mailproof.printable import clean

if TYPE_CHECKING:
    import h11

MAX_HEAD = 16384
MAX_FIELDS = 100
MAX_INTERIM = 3
_REDIRECTS = (301, 302, 303, 307, 308)


class Failed(Exception):
    """The exchange came to nothing: which kind, and a sentence."""

    def __init__(
        self, kind: FetchKind, problem: str, code: str = "", *, status: int = 0, location: str = ""
    ) -> None:
        self.kind, self.problem, self.code = kind, problem, code
        self.status, self.location = status, location
        super().__init__(problem)


async def exchange(
    wire: Wire,
    host: str,
    target: str,
    limit: int,
    fields: Iterable[tuple[str, str]] = (),
    content: bytes | None = None,
) -> tuple[str, bytes]:
    """GET ``target`` or POST ``content`` to it: the media type and the contents, ``limit`` octets at most.

    Raises Failed for every answer but a whole one with status 200. Has no time limit.
    """
    import h11

    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    head = [("Host", host), ("User-Agent", "mailproof"), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    head += [("Connection", "close"), *fields]
    if content is not None:
        head.append(("Content-Length", str(len(content))))
    events = (
        h11.Request(
            method="GET" if content is None else "POST",
            target=target,
            headers=[(name.encode(), value.encode()) for name, value in head],
        ),
        *((h11.Data(data=content),) if content else ()),
        h11.EndOfMessage(),
    )
    with suppress(ConnectionEnded):  # a server may answer, and close, before it has read all
        await wire.write(b"".join(connection.send(event) or b"" for event in events), None)
    return await read_response(connection, wire, limit)


async def read_response(connection: h11.Connection, wire: Wire, limit: int) -> tuple[str, bytes]:
    """The answer to the request that ``connection`` sent."""
    import h11

    interim, begin, body, fields = 0, b"", bytearray(), dict[str, str]()
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise _broken(connection, begin, error) from None
        if event is h11.NEED_DATA:
            try:
                data = await wire.read()
            except ConnectionEnded as error:
                raise Failed("protocol", f"the connection broke ({error})") from None
            begin = begin or data[:60]
            connection.receive_data(data)
        elif isinstance(event, h11.InformationalResponse):
            interim += 1
            if interim > MAX_INTERIM:
                raise Failed("protocol", "the server sends interim responses only")
        elif isinstance(event, h11.Response):
            if len(event.headers) > MAX_FIELDS:
                raise Failed("protocol", "the answer's head is too large")
            for name, value in event.headers:
                fields.setdefault(name.decode("latin-1"), value.decode("latin-1"))
            _refuse(event.status_code, fields)
            if int(fields.get("content-length", "0")) > limit:
                raise _too_large(limit)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > limit:
                raise _too_large(limit)
        else:
            break
    media_type = _shown(fields.get("content-type", "").partition(";")[0].strip().lower())
    coding = fields.get("content-encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip"):
        return media_type, gunzip(bytes(body), limit)
    if coding not in ("", "identity"):
        raise Failed("protocol", f"the answer is encoded as {_shown(coding)}, which was not asked for")
    return media_type, bytes(body)


def _refuse(status: int, fields: dict[str, str]) -> None:
    """Raises Failed for every status but 200."""
    if status in _REDIRECTS:
        location = _shown(fields.get("location", ""))
        words = f"the server redirects (HTTP {status}) to {location or 'nowhere'}"
        raise Failed("redirect", words, status=status, location=location)
    if status != 200:
        raise Failed("status", f"the server answers HTTP {status}", status=status)


def _broken(connection: h11.Connection, begin: bytes, error: h11.RemoteProtocolError) -> Failed:
    """What is wrong with an answer that h11 does not take."""
    if not begin:
        words = "no answer: the server closed the connection"
    elif not begin.startswith(b"HTTP/1."):
        first = begin.partition(b"\n")[0].rstrip()
        words = f"the server does not speak HTTP/1.1: {_shown(first)!r}"
    elif connection.trailing_data[1]:
        words = "the answer is cut off: the server closed the connection"
    elif error.error_status_hint == 431:
        words = "the answer's head is too large"
    else:
        words = f"the answer violates HTTP/1.1 ({_shown(str(error))})"
    return Failed("protocol", words)


def gunzip(packed: bytes, limit: int) -> bytes:
    """Unpack gzip up to ``limit`` octets. Raises Failed where there are more, or where it is damaged."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Failed("protocol", f"the answer cannot be decompressed ({error})") from None
    if len(body) > limit:
        raise Failed("too-large", f"the content is larger than {limit} octets when decompressed")
    if not unpacker.eof:
        raise Failed("protocol", "the compressed content is cut off")
    return body


def _too_large(limit: int) -> Failed:
    return Failed("too-large", f"the content is larger than {limit} octets")


def _shown(text: str | bytes) -> str:
    return clean(text, 200, "?")
