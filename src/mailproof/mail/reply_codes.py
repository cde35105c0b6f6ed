"""Find reply codes (RFC 5321 section 4.2) and enhanced status codes (RFC 3463) anywhere in text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

#: What may precede a code; Exchange writes LED= before the last error.
_BEFORE = r"(?:(?<![\w.=/@+-])|(?<=\bLED=))(?<![\w:]:)(?<![Pp]ort )"
STATUS = re.compile(r"(?<![\w./])([245]\.[0-7]\.\d{1,3})(?!\.?\d)")
_CODE = re.compile(
    _BEFORE + r"([245]\d\d)(?=[-: ,;)\"']|$)(?!:\d\d)(?:[-: ,;)\"'(#]{1,4}([245]\.[0-7]\.\d{1,3})(?!\.?\d))?"
)
#: Words followed by a version (Mailman 2.1.39), not a code.
_VERSION = re.compile(
    r"(?:\b(?:version|release|mailman|exim|postfix|sendmail|qmail|dovecot|courier|server|esmtp|smtpd?|agent|php|perl"
    r"|python|openssl|mta|program|software|imail|linux|windows|exchange|outlook|notes|domino)[ /(-]{1,2}v?"
    r"|(?<!\b[245]\d\d)-)\Z",
    re.I,
)
_SUCCESS = re.compile(r"(?:\b2\d\d[ -]|=|:\s?)\Z")


class Coded(Struct, frozen=True):
    """A reply code, its position, and the enhanced code directly after it ("" if there is none)."""

    code: int
    status: str
    start: int

    @property
    def agrees(self) -> bool:
        """Whether both codes are of one class."""
        return self.status[:1] == str(self.code)[0]


def codes_in(text: str) -> Iterator[Coded]:
    """The reply codes in a text, in order."""
    for found in _CODE.finditer(text):
        yield Coded(int(found[1]), found[2] or "", found.start())


def statuses_in(text: str) -> list[str]:
    """The enhanced codes in a text, in order. Version numbers, which look like them, are excluded."""
    return [
        found[1]
        for found in STATUS.finditer(text)
        if not _VERSION.search(before := text[max(0, found.start() - 20) : found.start()])
        and (found[1][0] != "2" or _SUCCESS.search(before))
    ]


def codes_of(text: str) -> tuple[int, str]:
    """The reply code and the enhanced code of one reply: adjacent ones, or else the first of each."""
    first: Coded | None = None
    for found in codes_in(text):
        if found.agrees:
            return found.code, found.status
        first = first or found
    statuses = statuses_in(text)
    if first is None:
        return 0, statuses[0] if statuses else ""
    # The codes in Gmail's "421 5.7.32" are of two classes.
    return first.code, next((each for each in statuses if each[0] == str(first.code)[0]), first.status)
