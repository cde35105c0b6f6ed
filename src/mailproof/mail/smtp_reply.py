"""SMTP replies (RFC 5321 section 4.2) and their enhanced status codes (RFC 2034, RFC 3463)."""

from __future__ import annotations

import re
from typing import Literal

from mailproof.frozen import frozen
from mailproof.mail.wire import ConnectionEnded, TooMuch, Wire
from mailproof.printable import clean

#: RFC 5321 section 4.5.3.1.5 says 512; real servers exceed it.
MAX_LINE = 4096
MAX_LINES = 200

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


class ReplyError(Exception):
    """What came is not an SMTP reply. ``raw`` is what it was."""

    def __init__(self, reason: str, raw: str = "") -> None:
        self.raw = raw
        super().__init__(reason)


@frozen
class Reply:
    """A whole reply. ``lines`` are the texts after the code, without control characters."""

    code: int
    lines: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines with their codes, as they came."""
        last = len(self.lines) - 1
        return tuple(f"{self.code}{'-' if at < last else ' '}{line}" for at, line in enumerate(self.lines))

    @property
    def text(self) -> str:
        """The server's words on one line, without the enhanced codes repeated in each."""
        words = [_ENHANCED.sub("", line, count=1).strip() for line in self.lines]
        return " ".join(word for word in words if word)

    @property
    def enhanced(self) -> str:
        """The enhanced status code, where the class agrees with the reply's."""
        for line in self.lines:
            found = _ENHANCED.match(line)
            if found and found[1] == str(self.code)[0]:
                return ".".join(found.groups())
        return ""

    @property
    def positive(self) -> bool:
        """2yz."""
        return 200 <= self.code < 300

    @property
    def intermediate(self) -> bool:
        """3yz: go on."""
        return 300 <= self.code < 400

    @property
    def kind(self) -> Literal["ok", "rejected", "deferred", "protocol"]:
        """How a stage ends that has this reply."""
        if 200 <= self.code < 400:
            return "ok"
        return "deferred" if 400 <= self.code < 500 else "rejected" if self.code < 600 else "protocol"


async def read_reply(wire: Wire, timeout: float) -> Reply:
    """Read one reply. Raises ReplyError, TimeoutError, ConnectionEnded."""
    import time

    lines: list[str] = []
    code = 0
    end = time.monotonic() + timeout
    while len(lines) < MAX_LINES:
        left = end - time.monotonic()
        if left <= 0:  # a server that drips lines does not get more than one limit for all
            raise TimeoutError
        try:
            raw = await wire.read_line(MAX_LINE, left)
        except TooMuch as error:
            raise ReplyError(f"the server sent {error}") from None
        except ConnectionEnded:
            if lines:
                raise ReplyError("the connection ended in the middle of a reply", lines[-1]) from None
            raise
        text = clean(raw.decode("utf-8", "replace"))
        head, sep, rest = raw[:3], raw[3:4], text[4:]
        if not (head.isdigit() and 200 <= int(head) <= 599 and sep in (b"", b" ", b"-")):
            raise ReplyError("what the server sent is not an SMTP reply", text[:200])
        if code and int(head) != code:
            raise ReplyError(f"the lines of one reply have the codes {code} and {int(head)}", text[:200])
        code = int(head)
        lines.append(rest)
        if sep != b"-":
            return Reply(code, tuple(lines))
    raise ReplyError(f"a reply of more than {MAX_LINES} lines")
