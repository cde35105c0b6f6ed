"""Undo common modifications of a body: candidates for what was signed, likely ones first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from urllib.parse import unquote

from msgspec import Struct

from mailproof.message.forensics.recode import recoded
from mailproof.message.parts import Part, find_parts
from mailproof.records.message import RawMessage

#: The largest body in which rewritten links are restored.
_MAX_LINKED = 500_000
_LINE_ENDS = re.compile(rb"(?:\r\n)+")
_TRAILING = re.compile(rb"(?<![ \t])[ \t]{1,998}(?=\r\n)")
#: Both stop before another such link: a body may begin thousands that never end. The first is encoded (%3A).
_SAFE_LINK = re.compile(
    rb"https://[a-z0-9.-]{1,60}safelinks\.protection\.outlook\.com/\?url=([^&\s\"<>:]{1,4000})"
    rb"&(?:amp;)?data=[^\s\"<>:]{0,2000}?reserved=0"
)
_URL_DEFENSE = re.compile(
    rb"https://urldefense\.(?:com|us)/v3/__((?:(?!__;|/v3/__)[^\s\"<>]){1,4000}+)__;[^\s\"<>$]{0,400}\$"
)


#: Header fields of parts that Exchange adds, and how many kinds are tried.
_PART_FIELD = re.compile(
    rb"^(content-id|content-description|content-language|content-transfer-encoding|content-disposition|"
    rb"x-ms-[a-z-]{1,40}|x-microsoft-[a-z-]{1,40}):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*",
    re.MULTILINE | re.IGNORECASE,
)
_MAX_NAMES = 5
_DISPOSITION = re.compile(
    rb";\s{1,80}(?:size=\d{1,12}|(?:creation|modification|read)-date=\"[^\"\r\n]{1,60}\")", re.IGNORECASE
)


class Undone(Struct, frozen=True):
    """A candidate body. ``code`` and ``reason`` are "" for the unmodified body."""

    code: str
    reason: str
    body: bytes


def undone(message: RawMessage, parts: tuple[Part, ...]) -> Iterator[Undone]:
    """The candidates: the body itself (to find appended text), then with one modification undone each."""
    body = message.body
    yield Undone("", "", body)
    seen = {body}
    for each in _all(message, body, parts):
        if each.body not in seen:
            if len(each.body) < 200_000:
                seen.add(each.body)
            yield each


def _all(message: RawMessage, body: bytes, parts: tuple[Part, ...]) -> Iterator[Undone]:
    yield from _lines(message, body)
    yield from _structure(message, body, parts)
    yield from _part_headers(body, parts)
    yield from _wrapping(body)
    yield from _line_ends(body)
    for code, reason, candidate in recoded(body, parts):
        yield Undone(code, reason, candidate)
    if len(body) <= _MAX_LINKED:
        yield Undone("links-rewritten", "links were rewritten by a link scanner", _links(body))


def _lines(message: RawMessage, body: bytes) -> Iterator[Undone]:
    yield Undone("blank-lines", "blank lines were added at the start of the body", body.lstrip(b"\r\n"))
    reason = "blank lines were removed from the start of the body"
    yield from (Undone("blank-lines", reason, b"\r\n" * count + body) for count in (1, 2))
    reason = "lines that start with “>From ” had the “>” put there by mbox quoting"
    yield Undone("from-quoted", reason, re.sub(rb"^>(>*From )", rb"\1", body, flags=re.MULTILINE))
    reason = "lines that start with “From ” had lost the “>” that was signed (mbox unquoting)"
    yield Undone("from-quoted", reason, re.sub(rb"^From ", b">From ", body, flags=re.MULTILINE))
    reason = "white space was added to the ends of lines"
    yield Undone("trailing-space", reason, _TRAILING.sub(b"", body).rstrip(b" \t"))
    yield from _trailing(message, body)
    for width in (8, 4):
        yield Undone("trailing-space", "tabs were changed to spaces", body.replace(b" " * width, b"\t"))
    for width in (1, 4, 8):
        yield Undone("trailing-space", "spaces were changed to tabs", body.replace(b"\t", b" " * width))
    # If every line end was doubled, they come in even numbers; otherwise only blank lines were added.
    every = all(len(run) % 4 == 0 for run in _LINE_ENDS.findall(body.rstrip(b"\r\n")))
    between = "blank lines were added between the lines"
    reason = "every line end was doubled" if every else between
    yield Undone("blank-lines", reason, body.replace(b"\r\n\r\n", b"\r\n"))
    yield Undone("blank-lines", between, re.sub(rb"(?:\r\n){3,}", b"\r\n\r\n", body))
    yield Undone("blank-lines", between, re.sub(rb"(?:\r\n){2,}", b"\r\n", body))
    reason = "several blank lines in a row were merged into one"
    yield Undone("blank-lines", reason, re.sub(rb"(?:\r\n){2,}", b"\r\n\r\n\r\n", body))
    reason = "blank lines were removed between the lines"
    yield Undone("blank-lines", reason, body.replace(b"\r\n", b"\r\n\r\n"))
    reason = "a second dot was left at the start of lines (SMTP dot stuffing)"
    yield Undone("dot-stuffed", reason, re.sub(rb"^\.\.", b".", body, flags=re.MULTILINE))
    reason = "lines that start with a dot were signed with two (signed after SMTP dot stuffing)"
    yield Undone("dot-stuffed", reason, re.sub(rb"^\.", b"..", body, flags=re.MULTILINE))


def _trailing(message: RawMessage, body: bytes) -> Iterator[Undone]:
    """Restore trailing white space that was removed: from all lines, or from flowed ones (RFC 3676)."""
    reason = "white space was removed from the ends of lines"
    yield Undone("trailing-space", reason, body.replace(b"\r\n--\r\n", b"\r\n-- \r\n"))
    yield Undone("trailing-space", reason, re.sub(rb"(?<=[^\r\n])\r\n", b" \r\n", body))
    if "flowed" in message.first("content-type").lower():
        flowed = re.sub(rb"(?<=[^\r\n ])\r\n(?=[^\r\n>])", b" \r\n", body)
        yield Undone("trailing-space", f"{reason} (format=flowed)", flowed)
        signature = flowed.replace(b"\r\n-- \r\n", b"\r\n--\r\n").replace(b"\r\n--\r\n", b"\r\n-- \r\n")
        yield Undone("trailing-space", f"{reason} (format=flowed)", signature)


def _structure(message: RawMessage, body: bytes, parts: tuple[Part, ...]) -> Iterator[Undone]:
    """Undo the addition of a part by a list or a scanner, or the wrapping in a multipart."""
    if len(parts) < 2:
        return
    for part in reversed(parts):
        reason = f"a MIME part ({part.media_type}) was added"
        yield Undone("part-added", reason, body[: part.start] + body[part.after :])
        if part is parts[-1] and part.start >= 2:
            yield Undone("part-added", reason, body[: part.start - 2] + body[part.after - 2 :])
    reason = "the message was wrapped in a multipart (a footer or a banner as another part)"
    outer = find_parts(body, message.first("content-type"), depth=1)
    # A message that was itself a multipart is the first or second part of the new one.
    for part in dict.fromkeys((parts[0], *outer[:2])):
        yield Undone("wrapped-in-mime", reason, body[part.body : part.end])
        yield Undone("wrapped-in-mime", reason, body[part.body : part.end] + b"\r\n")
    for part in parts[1:4]:
        yield Undone("wrapped-in-mime", reason, body[part.body : part.end] + b"\r\n")


def _part_headers(body: bytes, parts: tuple[Part, ...]) -> Iterator[Undone]:
    """Remove header fields that Exchange adds to parts, in all combinations of kinds."""
    inner = [part for part in parts if part.body > part.head]
    present = dict.fromkeys(
        match[1].lower() for part in inner for match in _PART_FIELD.finditer(body, part.head, part.body)
    )
    names = list(present)[:_MAX_NAMES]
    dated = "size and dates were added to the Content-Disposition of parts"
    plain = _DISPOSITION.sub(b"", body)
    yield Undone("part-header-added", f"{dated}, as Exchange does", plain)
    for subset in (s for count in range(1, len(names) + 1) for s in combinations(names, count)):
        listed = " and ".join(name.decode().title().replace("Id", "ID") for name in subset)
        reason = f"{listed} was added to the headers of parts"
        less = _without_fields(body, inner, subset)
        yield Undone("part-header-added", f"{reason}, as Exchange does", less)
        if plain != body and b"content-disposition" not in subset:
            yield Undone(
                "part-header-added", f"{reason}, and {dated}, as Exchange does", _DISPOSITION.sub(b"", less)
            )


def _without_fields(body: bytes, parts: list[Part], names: tuple[bytes, ...]) -> bytes:
    """The body without the fields of these names in its parts' headers."""
    for part in reversed(parts):
        head = _PART_FIELD.sub(
            lambda match: b"" if match[1].lower() in names else match[0], body[part.head : part.body]
        )
        body = body[: part.head] + head + body[part.body :]
    return body


def _wrapping(body: bytes) -> Iterator[Undone]:
    reason = "long lines were wrapped"
    marked = f"{reason} with “!” (Sendmail, over 990 octets)"
    yield Undone("rewrapped", marked, body.replace(b"!\r\n ", b""))
    lines = body.split(b"\r\n")
    longest = max(map(len, lines))
    if longest >= 60:
        for exact in (longest, 998, 990, 1000, 76, 78, 72, 80):
            if joined := _joined(lines, exact):
                yield Undone("rewrapped", f"{reason} at {exact} octets", joined)
    if longest >= 990:
        for glue in (b" ", b"\t"):
            yield Undone("rewrapped", reason, _unfolded(lines, glue))
    if longest <= 100:
        usual = [width for width in (72, 76, 78, 79, 80) if width >= longest]
        for width in dict.fromkeys((*usual, longest, 72, 76, 78, 79, 80)):
            yield Undone("rewrapped", f"{reason} at about {width} columns", _unwrapped(lines, width))
    yield Undone("rewrapped", f"{reason} (format=flowed)", re.sub(rb"(?<=[^\r\n-] )\r\n", b"", body))


def _joined(lines: list[bytes], exact: int) -> bytes:
    """Join lines of exactly that length with the next; b"" if there are none."""
    if not any(len(line) == exact for line in lines[:-1]):
        return b""
    out: list[bytes] = []
    for line in lines[:-1]:
        out.append(line)
        if len(line) != exact:
            out.append(b"\r\n")
    return b"".join((*out, lines[-1]))


def _unfolded(lines: list[bytes], glue: bytes) -> bytes:
    """Join lines of about the maximum length with the next if that starts with ``glue``."""
    out: list[bytes] = []
    for line, before in zip(lines, [b"", *lines], strict=False):
        if 900 <= len(before) <= 1000 and line.startswith(glue) and out:
            out[-1] += line[1:]
        else:
            out.append(line)
    return b"\r\n".join(out)


def _unwrapped(lines: list[bytes], width: int) -> bytes:
    """Join lines with a space if the next line's first word would not have fitted."""
    out: list[bytes] = []
    for line, following in zip(lines, [*lines[1:], b""], strict=True):
        out.append(line)
        word = following.split(b" ", 1)[0]
        fits = len(line) + 1 + len(word) <= width
        out.append(b"\r\n" if fits or not line or not word else b" ")
    return b"".join(out).removesuffix(b"\r\n")


def _line_ends(body: bytes) -> Iterator[Undone]:
    reason = "carriage returns were added to the ends of lines"
    yield Undone("line-ends", reason, body.replace(b"\r\r\n", b"\r\n"))
    for end, name in ((b"\n", "LF"), (b"\r\r\n", "CR CR LF"), (b"\r", "CR")):
        reason = f"the ends of lines were changed to CRLF (they were signed as {name})"
        yield Undone("line-ends", reason, body.replace(b"\r\n", end))
    even = re.sub(rb"\r{1,9}\n|\r(?!\n)|(?<!\r)\n", b"\r\n", body)
    yield Undone("line-ends", "the ends of lines were changed from CRLF", even)
    yield Undone("line-ends", "NUL octets were added", body.replace(b"\0", b""))


def _links(body: bytes) -> bytes:
    body = _SAFE_LINK.sub(lambda match: unquote(match.group(1).decode("latin-1")).encode(), body)
    return _URL_DEFENSE.sub(rb"\1", body)
