"""One HTTP/1.1 exchange with bounds on the whole response; h11 implements the protocol (RFC 9112)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import FetchKind
from mailproof.printable import clean
from mailproof.structs import replace

if TYPE_CHECKING:
    import h11

MAX_HEAD = 16384
MAX_FIELDS = 100
MAX_INTERIM = 3
#: Seconds that a server may ask us to wait before a retry (Retry-After).
MAX_RETRY_AFTER = 86_400
_REDIRECTS = (301, 302, 303, 307, 308)


class Failed(Exception):
    """The exchange failed: the kind of failure, and a sentence."""

    def __init__(
        self, kind: FetchKind, problem: str, code: str = "", *, status: int = 0, location: str = ""
    ) -> None:
        self.kind, self.problem, self.code = kind, problem, code
        self.status, self.location = status, location
        super().__init__(problem)


class Response(Struct, frozen=True):
    """A response with any status. ``fields`` are keyed by lower-case name."""

    status: int
    fields: dict[str, str]
    body: bytes = b""

    def field(self, name: str) -> str:
        """The first value of a header field, "" if it is missing."""
        return self.fields.get(name, "")


def retry_after(fields: Mapping[str, str]) -> float | None:
    """The seconds that a server asks us to wait: given as such or as a date (RFC 9110 section 10.2.3)."""
    from email.utils import parsedate_to_datetime

    text = fields.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), MAX_RETRY_AFTER))
    try:
        left = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(round(left, 1), 0.0), float(MAX_RETRY_AFTER))


async def exchange(
    wire: Wire,
    host: str,
    target: str,
    limit: int,
    fields: Iterable[tuple[str, str]] = (),
    content: bytes | None = None,
) -> tuple[str, bytes]:
    """GET ``target`` or POST ``content`` to it; return media type and content, at most ``limit`` octets.

    Raises Failed for anything but a complete response with status 200. Has no time limit.
    """
    connection = await ask(wire, host, target, fields, content)
    response = await read_response(connection, wire, limit, _refuse)
    return _shown(response.field("content-type").partition(";")[0].strip().lower()), response.body


async def ask(
    wire: Wire,
    host: str,
    target: str,
    fields: Iterable[tuple[str, str]] = (),
    content: bytes | None = None,
    method: str = "",
) -> h11.Connection:
    """Send the request, a POST by default if there is ``content``. The response is yet to be read.

    Raises Failed for a value that no header field can have.
    """
    import h11

    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    head = [("Host", host), ("User-Agent", "mailproof"), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    head += [("Connection", "close"), *fields]
    if content is not None:
        head.append(("Content-Length", str(len(content))))
    try:
        events = (
            h11.Request(
                method=method or ("GET" if content is None else "POST"),
                target=target,
                headers=[(name.encode(), value.encode()) for name, value in head],
            ),
            *((h11.Data(data=content),) if content else ()),
            h11.EndOfMessage(),
        )
    except h11.LocalProtocolError:  # it quotes the value, which may be a key
        raise Failed("protocol", "a value of the request (a key?) begins or ends with a space") from None
    with suppress(ConnectionEnded):  # a server may respond and close before it has read everything
        await wire.write(b"".join(connection.send(event) or b"" for event in events), None)
    return connection


async def read_response(
    connection: h11.Connection, wire: Wire, limit: int, check: Callable[[int, dict[str, str]], None]
) -> Response:
    """Read the response to the request sent on ``connection``.

    ``check`` is called with its head, before the body is read. Raises Failed if the response is incomplete or
    exceeds the bounds, and whatever ``check`` raises.
    """
    import h11

    interim, begin, body, fields, code = 0, b"", bytearray(), dict[str, str](), 0
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise _broken(connection, begin, error, code) from None
        if event is h11.NEED_DATA:
            try:
                data = await wire.read()
            except ConnectionEnded as error:
                raise Failed("protocol", f"the connection broke ({error})", status=code) from None
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
            code = event.status_code
            check(code, fields)
            if int(fields.get("content-length", "0")) > limit:
                raise _too_large(limit, code)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > limit:
                raise _too_large(limit, code)
        else:
            break
    return _decoded(Response(code, fields, bytes(body)), limit)


def _decoded(response: Response, limit: int) -> Response:
    """Undo gzip, which some servers use unasked. Raises Failed for any other content coding."""
    coding = response.fields.get("content-encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip"):
        return replace(response, body=gunzip(response.body, limit))
    if coding not in ("", "identity"):
        words = f"the answer is encoded as {_shown(coding)}, which was not asked for"
        raise Failed("protocol", words, status=response.status)
    return response


def redirected(status: int, fields: dict[str, str]) -> None:
    """Raises Failed for a redirect; redirects are not followed."""
    if status in _REDIRECTS:
        location = _shown(fields.get("location", ""))
        words = f"the server redirects (HTTP {status}) to {location or 'nowhere'}"
        raise Failed("redirect", words, status=status, location=location)


def _refuse(status: int, fields: dict[str, str]) -> None:
    """Raises Failed for any status but 200."""
    redirected(status, fields)
    if status != 200:
        raise Failed("status", f"the server answers HTTP {status}", status=status)


def _broken(connection: h11.Connection, begin: bytes, error: h11.RemoteProtocolError, status: int) -> Failed:
    """Describe a response that h11 rejects."""
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
    return Failed("protocol", words, status=status)


def gunzip(packed: bytes, limit: int) -> bytes:
    """Decompress gzip, up to ``limit`` octets. Raises Failed if there are more, or the data is damaged."""
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


def _too_large(limit: int, status: int) -> Failed:
    return Failed("too-large", f"the content is larger than {limit} octets", status=status)


def _shown(text: str | bytes) -> str:
    return clean(text, 200, "?")
