"""Parses spamd's responses to REPORT and SYMBOLS (the protocol of spamc and spamd, version 1.5).

``SPAMD/1.1 0 EX_OK``, header fields with ``Spam: True ; 7.1 / 5.0``, an empty line, and the report or the
names of the rules that matched. The template of a report can be customized: only its table is parsed.
"""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.model.filters import FilterSymbol
from mailproof.printable import clean

MAX_HEAD = 16_384
MAX_BODY = 262_144
MAX_SYMBOLS = 300
MAX_TEXT = 300
_STATUS = re.compile(rb"SPAMD/\d{1,3}\.\d{1,3} {1,4}(\d{1,5})(?: {1,4}([^\r\n]{0,500}))?")
_NUMBER = r"(-?\d{1,7}(?:\.\d{1,6})?)"
_SPAM = re.compile(
    rf"(true|yes|false|no)\s{{0,9}};\s{{0,9}}{_NUMBER}\s{{0,9}}/\s{{0,9}}{_NUMBER}", re.IGNORECASE
)
#: The ruler above the report's table, and a row of it: points, rule, description.
_RULER = re.compile(r"^[ ]{0,8}-{3,8} -{10,60}(?: -{10,200})?[ ]{0,8}$", re.MULTILINE)
_ROW = re.compile(rf"[ ]{{0,8}}{_NUMBER} {{1,4}}([A-Za-z_][A-Za-z0-9_]{{1,79}})(?: {{1,60}}(\S.*))?\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{1,79}\Z")
_NO_WORDS = "No description available."


class ReplyError(Exception):
    """The reply is malformed or an error. ``status``: the server itself reported an error."""

    def __init__(self, words: str, *, status: bool = False) -> None:
        self.status = status
        super().__init__(words)


class SpamdReply(Struct, frozen=True):
    """A reply. ``symbols`` are those listed in the body, with scores if available."""

    spam: bool
    score: float
    threshold: float
    symbols: tuple[FilterSymbol, ...] = ()


def read_spamd_reply(raw: bytes) -> SpamdReply:
    """Parse a complete reply, as received until the connection was closed. Raises ReplyError."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        head, separator, body = raw.partition(b"\n\n")
    lines = head[:MAX_HEAD].splitlines()
    status = _STATUS.match(lines[0]) if lines else None
    if status is None:
        raise ReplyError("it does not speak spamd's protocol" + (f": {shown(lines[0])!r}" if lines else ""))
    if int(status[1]) != 0:
        words = shown(status[2] or b"") or "no words"
        raise ReplyError(f"spamd answers with error {int(status[1])}: {words}", status=True)
    if not separator:
        raise ReplyError("the answer is cut off")
    fields = dict(_field(line) for line in reversed(lines[1:60]))
    length = fields.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 9 and int(length) > len(body):
        raise ReplyError("the answer is cut off")
    verdict = _SPAM.match(fields.get("spam", ""))
    if verdict is None:
        raise ReplyError(f"the answer has no verdict: Spam: {shown(fields.get('spam', ''))!r}")
    text = body[:MAX_BODY].decode("utf-8", "replace")
    spam = verdict[1].lower() in ("true", "yes")
    symbols = _table(text) or _names(text)
    return SpamdReply(spam, float(verdict[2]) + 0.0, float(verdict[3]) + 0.0, symbols)  # -0.0 is 0


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("utf-8", "replace").partition(":")
    return name.strip().lower()[:80], value.strip()[:MAX_TEXT]


def _table(text: str) -> tuple[FilterSymbol, ...]:
    """The rows below the last ruler; a description may continue on indented lines.

    The part above is ignored: it quotes the message's own text, which may look like a table.
    """
    rulers = list(_RULER.finditer(text))
    rows: list[FilterSymbol] = []
    for line in text[rulers[-1].end() :].splitlines()[1:2000] if rulers else ():
        found = _ROW.match(line[:MAX_TEXT])
        if found:
            rows.append(FilterSymbol(found[2], float(found[1]) + 0.0, _words(found[3] or "")))
        elif not line.strip() or not rows:
            break
        elif line[:16].isspace():
            more = f"{rows[-1].description} {shown(line)}".strip()[:MAX_TEXT]
            rows[-1] = FilterSymbol(rows[-1].name, rows[-1].score, more)
    return tuple(sorted(rows[:MAX_SYMBOLS], key=lambda each: -abs(each.score or 0.0)))


def _words(description: str) -> str:
    text = shown(description.strip())
    return "" if text == _NO_WORDS else text


def _names(text: str) -> tuple[FilterSymbol, ...]:
    """The names in a SYMBOLS response; empty for a report."""
    names = [each.strip() for each in text.strip().split(",")][: MAX_SYMBOLS + 1]
    if not all(_NAME.match(each) for each in names):
        return ()
    return tuple(FilterSymbol(each) for each in dict.fromkeys(names[:MAX_SYMBOLS]))


def shown(text: str | bytes) -> str:
    """A server's text, truncated and sanitized for display in a sentence."""
    return clean(text, MAX_TEXT, " ").strip()
