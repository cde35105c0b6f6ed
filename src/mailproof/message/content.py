"""The content of a message: parts, HTML, links, and defects of its MIME structure."""

from __future__ import annotations

import binascii
import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from mailproof.data.hygiene import hygiene
from mailproof.message.parts import BOUNDARY, MAX_PARTS, Part
from mailproof.model import ContentLink, ContentPart, KeptContent, MessageContent
from mailproof.records.charsets import decode_charset
from mailproof.records.header_text import decode_words
from mailproof.records.message import RawMessage
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.message.reader import Message

_ENCODINGS = frozenset(("7bit", "8bit", "binary", "base64", "quoted-printable"))
_NAME = re.compile(
    rb"\b(?:file)?name\*?0?\*?\s{0,9}=\s{0,9}(?:\"([^\"\r\n]{1,300})\"|([^\s;\"]{1,300}))", re.I
)
_BASE64_BAD = re.compile(rb"[^A-Za-z0-9+/=\s]")
_WHITE_SPACE = b" \t\n\r\f\v"
_ASCII = bytes(range(128))
#: The octets that ``str.split`` treats as white space.
_SPACES = bytes(octet for octet in _ASCII if chr(octet).isspace())
#: Octets of an attachment that are decoded at a time.
_PIECE = 262_144
MAX_PROBLEMS = 20
#: Octets of HTML that are read.
MAX_HTML = 1_000_000
#: Words for unsubscribing that are examined, and characters of HTML around each.
MAX_WORDS = 50
BESIDE = 500
_ANCHOR = re.compile(r"</?a\b", re.IGNORECASE)
#: Octets of text parts that are read, just to see whether there are any words.
MAX_PLAIN = 2000


def read_content(read: Message) -> MessageContent | None:
    """The content of a message; None if only headers were given. Never raises."""
    message, parts = read.raw, read.parts
    if not message.has_body:
        return None
    problems = _structure(message, parts)
    found: list[ContentPart] = []
    html, plain, octets, raw_8bit = "", "", 0, 0
    body, all_ascii = memoryview(message.body), message.body.isascii()
    for part in parts:
        head = message.body[part.head : part.body] if part.body else _own_head(message)
        content = body[part.body : part.end]
        attachment = b"attachment" in head.lower().partition(b"content-disposition:")[2][:200]
        shown = part.text and not attachment
        data, size = _decoded(content, part, problems, wanted=shown)
        found.append(
            ContentPart(part.media_type, part.charset, part.encoding, size, _filename(head), attachment)
        )
        if part.encoding == "7bit" and not all_ascii:
            raw_8bit += len(bytes(content[:MAX_HTML]).translate(None, _ASCII))
        if not shown:
            continue
        if part.media_type == "text/html":
            octets += size
            html += text_of(bytes(data[: MAX_HTML - len(html)]), part, problems)
        elif part.media_type == "text/plain":
            plain += text_of(bytes(data[: max(0, MAX_PLAIN - len(plain))]), part, problems)
    return replace(
        _seen(html, plain),
        parts=tuple(found),
        html_octets=octets,
        problems=tuple(dict.fromkeys(problems))[:MAX_PROBLEMS],
        raw_8bit=raw_8bit,
    )


def kept_content(kept: KeptContent) -> MessageContent:
    """The content as far as it is preserved by a file that does not keep the octets."""
    bodies = (("text/plain", len(kept.plain.encode("utf-8", "replace"))), ("text/html", kept.html_octets))
    return replace(
        _seen(kept.html[:MAX_HTML], kept.plain[:MAX_PLAIN]),
        parts=(*(ContentPart(kind, size=size) for kind, size in bodies if size), *kept.attachments),
        html_octets=kept.html_octets,
        rebuilt=kept.reason,
        readable=kept.readable,
    )


def with_kept(message: RawMessage, kept: KeptContent) -> bytes:
    """A message of the header section, with the text that its file stores as the body."""
    header = b"".join(each.raw for each in message.headers if not each.key.startswith("content-"))
    kind, words = ("plain", kept.plain) if kept.plain.strip() else ("html", kept.html)
    return header + f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n{words}".encode("utf-8", "replace")


def _seen(html: str, plain: str) -> MessageContent:
    """What a reader sees of the HTML and the text."""
    shown, images = "", 0
    links: tuple[ContentLink, ...] = ()
    if html:
        from mailproof.records.html_text import images_in, links_in, visible_text

        shown, images, links = visible_text(html), images_in(html), links_in(html)
    return MessageContent(
        text_letters=_letters(shown),
        plain_letters=_letters(plain),
        images=images,
        links=links,
        unsubscribe=bool(links) and _unsubscribes(html),
    )


def _unsubscribes(html: str) -> bool:
    """Whether a link, or the text around it, mentions unsubscribing."""
    for found in islice(_words().finditer(html), MAX_WORDS):
        if _ANCHOR.search(html, max(0, found.start() - BESIDE), found.end() + BESIDE):
            return True
    return False


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, hygiene().unsubscribe)), re.IGNORECASE)


def _letters(text: str) -> int:
    """The number of characters other than white space."""
    if text.isascii():
        return len(text.encode().translate(None, _SPACES))
    return len("".join(text.split()))


def _own_head(message: RawMessage) -> bytes:
    names = ("content-type", "content-disposition", "content-transfer-encoding")
    return b"".join(each.raw for each in message.headers if each.key in names)


def _structure(message: RawMessage, parts: tuple[Part, ...]) -> list[str]:
    """Defects of the outer structure (RFC 2045, RFC 2046)."""
    problems: list[str] = []
    kind = message.first("content-type")
    multipart = kind.lower().lstrip().startswith("multipart/")
    if kind and not message.first("mime-version"):
        problems.append("the message has no MIME-Version header: some mail clients then show its source")
    if kind and "/" not in kind.partition(";")[0]:
        problems.append(f"Content-Type {kind[:60]!r} is not a media type")
    if not multipart:
        return problems
    boundary = BOUNDARY.search(kind[:4096])
    if boundary is None:
        problems.append("the multipart has no boundary: it is shown as one piece of text")
        return problems
    delimiter = b"--" + (boundary[1] or boundary[2]).encode("latin-1", "replace")
    if not _has_line(message.body, delimiter):
        problems.append("the boundary of the multipart is not in the body")
    elif not _has_line(message.body, delimiter + b"--"):
        problems.append("the multipart is not closed by its final boundary: the message was cut off")
    encoding = message.first("content-transfer-encoding").strip().lower()
    if encoding in ("base64", "quoted-printable"):
        problems.append(f"a multipart may not be encoded as {encoding} (RFC 2045 section 6.4)")
    if len(parts) == MAX_PARTS:
        problems.append(f"more than {MAX_PARTS} parts: the others were not checked")
    return problems


def _has_line(body: bytes, start: bytes) -> bool:
    """Whether a line of the body starts with this. Searches from the end, where delimiters are."""
    return body.startswith(start) or body.rfind(b"\r\n" + start) >= 0


def _decoded(
    content: memoryview, part: Part, problems: list[str], *, wanted: bool
) -> tuple[bytes | memoryview, int]:
    """A part's content and its size in octets; the size alone if the content isn't wanted."""
    if part.encoding not in _ENCODINGS and not part.encoding.startswith("x-"):  # RFC 2045 section 6.3
        problems.append(f"Content-Transfer-Encoding {part.encoding[:40]!r} does not exist")
    data: bytes | memoryview = content
    if part.encoding == "base64":
        bad = _BASE64_BAD.search(content) is not None
        if bad:
            problems.append(
                f"the base64 of a part ({part.media_type}) contains characters that are not base64"
            )
        try:
            if not (wanted or bad):
                return b"", _base64_size(content)
            data = binascii.a2b_base64(content)
        except binascii.Error:
            problems.append(f"the base64 of a part ({part.media_type}) is cut off")
    elif part.encoding == "quoted-printable":
        data = binascii.a2b_qp(content)
    return data, len(data)


def _base64_size(content: memoryview) -> int:
    """The decoded size, computed in chunks: attachments are large. Raises binascii.Error."""
    size, rest = 0, b""
    for end in range(_PIECE, len(content) + _PIECE, _PIECE):
        rest += bytes(content[end - _PIECE : end]).translate(None, _WHITE_SPACE)
        if b"=" in rest:  # usually the end
            return size + len(binascii.a2b_base64(rest + bytes(content[end:])))
        whole = len(rest) - len(rest) % 4
        size += len(binascii.a2b_base64(rest[:whole]))
        rest = rest[whole:]
    return size + len(binascii.a2b_base64(rest))


def text_of(data: bytes, part: Part, problems: list[str]) -> str:
    """Decode a part's octets by its declared charset."""
    try:
        return decode_charset(data, part.charset or "utf-8")
    except LookupError:
        problems.append(f"the charset {part.charset[:40]!r} is unknown")
        return data.decode("latin-1")


def _filename(head: bytes) -> str:
    names = [match[1] or match[2] for match in _NAME.finditer(head)]
    return decode_words(names[-1].decode("utf-8", "replace"))[:300] if names else ""
