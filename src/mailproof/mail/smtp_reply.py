"""SMTP replies (RFC 5321 section 4.2), their enhanced status codes (RFC 2034, RFC 3463) and extensions."""

from __future__ import annotations

import re
import socket
import time
from typing import Literal

from msgspec import Struct

from mailproof.mail.wire import ConnectionEnded, TooMuch, Wire
from mailproof.printable import address_literal, clean
from mailproof.records.hostnames import is_full_name

#: Octets in one line of an SMTP reply (RFC 5321 section 4.5.3.1.5 says 512; real servers exceed it).
MAX_LINE = 4096
#: Lines in one SMTP reply.
MAX_LINES = 200
MAX_EXTENSIONS = 50

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


class ReplyError(Exception):
    """Not an SMTP reply. ``raw`` is what was received."""

    def __init__(self, reason: str, raw: str = "") -> None:
        self.raw = raw
        super().__init__(reason)


class Reply(Struct, frozen=True):
    """A complete reply. ``lines`` are the texts after the code, without control characters."""

    code: int
    lines: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        last = len(self.lines) - 1
        return tuple(f"{self.code}{'-' if at < last else ' '}{line}" for at, line in enumerate(self.lines))

    @property
    def text(self) -> str:
        """The reply's text on one line, without the enhanced codes repeated on each."""
        words = [_ENHANCED.sub("", line, count=1).strip() for line in self.lines]
        return " ".join(word for word in words if word)

    @property
    def enhanced(self) -> str:
        """The enhanced status code, if its class matches the reply's."""
        for line in self.lines:
            found = _ENHANCED.match(line)
            if found and found[1] == str(self.code)[0]:
                return ".".join(found.groups())
        return ""

    @property
    def extensions(self) -> tuple[str, ...]:
        """The extensions listed after EHLO, verbatim."""
        return tuple(line.strip()[:200] for line in self.lines[1 : MAX_EXTENSIONS + 1] if line.strip())

    @property
    def name(self) -> str:
        """The name at the start of a greeting or of a reply to EHLO."""
        words = self.lines[0].split(maxsplit=1)
        return words[0][:255] if words else ""

    @property
    def positive(self) -> bool:
        """2yz."""
        return 200 <= self.code < 300

    @property
    def kind(self) -> Literal["ok", "rejected", "deferred", "protocol"]:
        """The outcome of a stage that received this reply."""
        if 200 <= self.code < 400:
            return "ok"
        return "deferred" if 400 <= self.code < 500 else "rejected" if self.code < 600 else "protocol"


def parameters(extensions: tuple[str, ...], keyword: str) -> list[str] | None:
    """The parameters of an extension, including the old ``AUTH=`` form; None if it is not offered."""
    found: list[str] | None = None
    for line in extensions:
        words = line.replace("=", " ", 1).split()
        if words and words[0].upper() == keyword:
            found = [*(found or ()), *words[1:]]
    return found


def own_name(local_address: str) -> str:
    """Our EHLO name: the machine's full name or its address (RFC 5321 section 4.1.4)."""
    name = socket.gethostname()
    if is_full_name(name) and not name.endswith((".local", ".localdomain", ".internal")):
        return name
    return address_literal(local_address or "127.0.0.1")


async def read_reply(wire: Wire, timeout: float, *, more: float = 0.0) -> Reply:
    """Read one reply; once started, it may take ``more`` additional seconds.

    Raises ReplyError, TimeoutError, ConnectionEnded.
    """
    lines: list[str] = []
    code = 0
    end = time.monotonic() + timeout
    while len(lines) < MAX_LINES:
        left = end - time.monotonic()
        if left <= 0:  # one limit for all lines, so that a server can't drip them
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
        end += 0.0 if lines else more
        lines.append(rest)
        if sep != b"-":
            return Reply(code, tuple(lines))
    raise ReplyError(f"a reply of more than {MAX_LINES} lines")
