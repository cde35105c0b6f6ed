"""A text in another form (unfolded, unescaped), which knows where each of its characters came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

_HEX_PAIRS = re.compile(r"(?<=[0-9a-f]{2})(?:[\W_]{1,3}(?:0?x)?|0x)(?=[0-9a-f]{2})")
#: Soft line breaks (RFC 2045), ends of encoded words, tags, line ends, blanks and quotation marks with what a
#: reply repeats at the next line, and what cannot be seen.
_FOLDS = re.compile(
    r"=\r?\n|\?=\s*=\?[\w-]{1,40}\?[bq]\?|</?[a-z]{1,10}\s?/?>|\x1b\[[0-9;]*m"
    r"|(?:[\s>|]|(?<!\\)[\"'])+(?:s: )?(?:\* (?:ok|no|bad|bye) )?"
    r"(?:[2-5]\d\d[- ])?(?:[245]\.\d{1,3}\.\d{1,3}\s+)?"
    r"|(?:\\[rnt])+|[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\xad]+"
)
_OCTETS = r"(?:{0}[89a-f][0-9a-f])+|{0}[0-7][0-9a-f]"
#: URLs, quoted-printable, xtext (RFC 3461), Python and C, JSON and JavaScript, decimal octets of zone files,
#: HTML, a backslash before a sign.
_ESCAPES = re.compile(
    "|".join(_OCTETS.format(mark) for mark in ("%", "=", r"\+", r"\\x"))
    + r"|[\\%]u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\[0-2]\d\d|\\[^\w\s]"
    r"|&(?:#\d{1,9}|#x[0-9a-f]{1,9}|[a-z]{2,8});?"
)


def lowered(text: str) -> str:
    """In lower case, each character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


class View:
    """``text``, and on demand where each of its characters begins and ends in the original.

    ``before`` is the view that it was made of: ``becomes`` is in the place of each match of ``pattern``.
    """

    __slots__ = ("_becomes", "_before", "_ends", "_pattern", "_starts", "text")

    def __init__(
        self,
        text: str,
        before: View | None = None,
        pattern: re.Pattern[str] | None = None,
        becomes: Callable[[re.Match[str]], str] | None = None,
    ) -> None:
        self.text, self._before, self._pattern, self._becomes = text, before, pattern, becomes
        self._starts: list[int] = []
        self._ends: list[int] = []

    def changed(self, pattern: re.Pattern[str], becomes: Callable[[re.Match[str]], str] | None) -> View:
        """The view with another text for each match (None: nothing); itself where there is none."""
        text = pattern.sub(becomes or "", self.text)
        return self if text == self.text else View(text, self, pattern, becomes)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a span is in the original."""
        if self._before is None:
            return start, end
        self._locate()
        return self._starts[start], self._ends[end - 1]

    def mark(self, found: bytearray, start: int, end: int) -> None:
        """Mark the characters of a span in the original, and not what was left out between them."""
        if self._before is None:
            found[start:end] = b"\x01" * (end - start)
            return
        self._locate()
        for first, last in zip(self._starts[start:end], self._ends[start:end], strict=True):
            found[first:last] = b"\x01" * (last - first)

    def _locate(self) -> None:
        """Find out where each character came from; rarely needed, and expensive."""
        before, pattern = self._before, self._pattern
        if self._starts or before is None or pattern is None:
            return
        before._locate()
        whole = before._before is None
        starts = list(range(len(before.text))) if whole else before._starts
        ends = list(range(1, len(before.text) + 1)) if whole else before._ends
        at = 0
        for match in pattern.finditer(before.text):
            first, last = match.span()
            size = len(self._becomes(match)) if self._becomes is not None else 0
            self._starts += starts[at:first] + [starts[first]] * size
            self._ends += ends[at:first] + [ends[last - 1]] * size
            at = last
        self._starts += starts[at:]
        self._ends += ends[at:]


def unfolded(view: View) -> View:
    """Without line ends, blanks and what cannot be seen."""
    return view.changed(_FOLDS, None)


def decoded(view: View) -> View:
    """With escapes undone, once."""
    return view.changed(_ESCAPES, _unescaped)


def paired(view: View) -> View:
    """With nothing between the pairs of hexadecimal digits."""
    return view.changed(_HEX_PAIRS, None)


def _unescaped(found: re.Match[str]) -> str:
    """The characters that an escape (in lower case) means, in lower case."""
    escape = found[0]
    if escape[0] == "&":
        return lowered(unescape(escape))
    if escape[1] == "u":
        return _character(int(escape[2:].strip("{}"), 16))
    if escape[0] in "%=+" or escape.startswith("\\x"):
        octets = bytes.fromhex(re.sub(r"[%=+]|\\x", "", escape))
        return lowered(octets.decode("utf-8", "replace"))
    return _character(int(escape[1:])) if escape[1].isdigit() else escape[1]


def _character(code: int) -> str:
    return lowered(chr(code)) if code < 0x110000 else ""
