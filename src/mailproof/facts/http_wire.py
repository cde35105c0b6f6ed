"""The answer to an HTTP/1.1 GET, read with bounds on everything (RFC 9112)."""

from __future__ import annotations

import asyncio
import zlib

from mailproof.frozen import frozen
from mailproof.model import FetchKind

MAX_HEAD = 16384
MAX_FIELDS = 100
MAX_LINE = 8192
_REDIRECTS = (301, 302, 303, 307, 308)


class Failed(Exception):
    """The fetch came to nothing: which kind, and a sentence."""

    def __init__(
        self, kind: FetchKind, problem: str, code: str = "", *, status: int = 0, location: str = ""
    ) -> None:
        self.kind, self.problem, self.code = kind, problem, code
        self.status, self.location = status, location
        super().__init__(problem)


@frozen
class Response:
    """A complete answer with status 200."""

    status: int
    media_type: str
    body: bytes


async def read_response(reader: asyncio.StreamReader, limit: int) -> Response:
    """Read one answer whose contents may have ``limit`` octets, unpacked too. Raises Failed, OSError."""
    status, fields = await _head(reader)
    if status in _REDIRECTS:
        location = _shown(fields.get("location", ""))
        raise Failed(
            "redirect",
            f"the server redirects (HTTP {status}) to {location or 'nowhere'}",
            status=status,
            location=location,
        )
    if status != 200:
        raise Failed("status", f"the server answers HTTP {status}", status=status)
    body = await _body(reader, fields, limit)
    coding = fields.get("content-encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip"):
        body = gunzip(body, limit)
    elif coding not in ("", "identity"):
        raise Failed("protocol", f"the answer is encoded as {_shown(coding)}, which was not asked for")
    media_type = fields.get("content-type", "").partition(";")[0].strip().lower()
    return Response(status, _shown(media_type), body)


def gunzip(packed: bytes, limit: int) -> bytes:
    """Unpack gzip up to ``limit`` octets. Raises Failed where there are more, or where it is damaged."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Failed("protocol", f"the answer cannot be unpacked ({error})") from None
    if len(body) > limit:
        raise Failed("too-large", f"the contents have more than {limit} octets when unpacked")
    if not unpacker.eof:
        raise Failed("protocol", "the packed contents are cut off")
    return body


async def _line(reader: asyncio.StreamReader) -> bytes:
    """A line without its end. Raises Failed where it is too long or cut off."""
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        line = b" " * (MAX_LINE + 1)
    except asyncio.IncompleteReadError as error:
        what = "is cut off" if error.partial else "does not come"
        raise Failed("protocol", f"the answer {what}: the server closed the connection") from None
    if len(line) > MAX_LINE:
        raise Failed("protocol", f"a line of the answer's head has more than {MAX_LINE} octets")
    return line.rstrip(b"\r\n")


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and header fields; interim answers (1xx) are passed over."""
    size = 0
    for _ in range(4):
        line = await _line(reader)
        parts = line.split(b" ", 2)
        if len(parts) < 2 or parts[0] not in (b"HTTP/1.1", b"HTTP/1.0") or not _is_status(parts[1]):
            raise Failed("protocol", f"the server does not speak HTTP/1.1: {_shown(line[:60])!r}")
        status = int(parts[1])
        fields: dict[str, str] = {}
        while line := await _line(reader):
            size += len(line)
            if size > MAX_HEAD or len(fields) >= MAX_FIELDS:
                raise Failed("protocol", "the answer's head is too large")
            name, colon, value = line.partition(b":")
            if colon:
                fields.setdefault(name.strip().lower().decode("latin-1"), value.strip().decode("latin-1"))
        if status >= 200:
            return status, fields
    raise Failed("protocol", "the server sends interim answers only")


def _is_status(text: bytes) -> bool:
    return len(text) == 3 and text.isdigit()


async def _body(reader: asyncio.StreamReader, fields: dict[str, str], limit: int) -> bytes:
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader, limit)
    length = fields.get("content-length")
    if length is None:
        return await _until_close(reader, limit)
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise Failed("protocol", f"the Content-Length {_shown(length)!r} is no number")
    if int(length) > limit:
        raise _too_large(limit)
    return await _exactly(reader, int(length))


async def _exactly(reader: asyncio.StreamReader, count: int) -> bytes:
    try:
        return await reader.readexactly(count)
    except asyncio.IncompleteReadError:
        raise Failed("protocol", "the contents are cut off: the server closed the connection") from None


async def _until_close(reader: asyncio.StreamReader, limit: int) -> bytes:
    body = bytearray()
    while piece := await reader.read(4096):
        body += piece
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


async def _chunks(reader: asyncio.StreamReader, limit: int) -> bytes:
    body = bytearray()
    while True:
        text = (await _line(reader)).partition(b";")[0].strip()
        if not text or len(text) > 8 or not all(char in b"0123456789abcdefABCDEF" for char in text):
            raise Failed("protocol", "the chunks of the answer cannot be read")
        count = int(text, 16)
        if count == 0:
            return bytes(body)
        if len(body) + count > limit:
            raise _too_large(limit)
        body += await _exactly(reader, count)
        if await _line(reader):
            raise Failed("protocol", "the chunks of the answer cannot be read")


def _too_large(limit: int) -> Failed:
    return Failed("too-large", f"the contents have more than {limit} octets")


def _shown(text: str | bytes) -> str:
    """What a server wrote, cut and fit to stand in a sentence."""
    plain = text.decode("latin-1") if isinstance(text, bytes) else text
    return "".join(char if char.isprintable() else "?" for char in plain[:200])
