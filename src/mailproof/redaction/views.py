"""A text in another form (unfolded, unescaped), which knows where each of its characters came from."""

from __future__ import annotations

import re
from collections.abc import Callable

_HEX_PAIRS = re.compile(r"(?<=[0-9a-f]{2})[:,-](?:0x)?(?=[0-9a-f]{2})|(?<=[0-9a-f]{2})0x(?=[0-9a-f]{2})")
#: Soft line breaks (RFC 2045), line ends and blanks with what an SMTP reply repeats at the next line, and
#: what cannot be seen.
_FOLDS = re.compile(
    r"=\r?\n|\s+(?:s: )?(?:[2-5]\d\d[- ])?(?:[245]\.\d{1,3}\.\d{1,3}\s+)?"
    r"|(?:\\[rnt])+|[\x00-\x1f\x7f\u200b-\u200d\u2060\ufeff\xad]+"
)
_OCTETS = r"(?:{0}[89a-f][0-9a-f])+|{0}[0-7][0-9a-f]"
#: URLs, quoted-printable, Python and C, JSON, decimal octets of zone files, XML, a backslash before a sign.
_ESCAPES = re.compile(
    "|".join((_OCTETS.format("%"), _OCTETS.format("="), _OCTETS.format(r"\\x")))
    + r"|\\u[0-9a-f]{4}|\\[0-2]\d\d|\\[^\w\s]|&#\d{1,7};|&#x[0-9a-f]{1,6};|&(?:amp|lt|gt|quot|apos);"
)
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}


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
    if escape[0] in "%=" or escape.startswith("\\x"):
        octets = bytes.fromhex(re.sub(r"%|=|\\x", "", escape))
        return lowered(octets.decode("utf-8", "replace"))
    if escape[0] == "&":
        if escape in _NAMED:
            return _NAMED[escape]
        digits = escape[2:-1]
        return _character(int(digits[1:], 16) if digits[0] == "x" else int(digits))
    if escape[1] == "u":
        return _character(int(escape[2:], 16))
    return _character(int(escape[1:])) if escape[1].isdigit() else escape[1]


def _character(code: int) -> str:
    return lowered(chr(code)) if code < 0x110000 else ""
