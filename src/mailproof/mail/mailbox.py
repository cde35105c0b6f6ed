"""The interface of all mailboxes, and how the probe and its bounces are recognised in them."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from mailproof.data.mailboxes import known_mailboxes
from mailproof.mail.dsn import looks_like_bounce
from mailproof.model import ArrivalClock, TlsFacts
from mailproof.records.message import HeaderField, first_value, split_fields

MailboxTrouble = Literal["login", "connect", "tls", "protocol", "storage"]


class MailboxError(Exception):
    """The mailbox cannot be used. ``tls`` is what was learnt about its TLS."""

    def __init__(self, kind: MailboxTrouble, reason: str, tls: TlsFacts | None = None) -> None:
        self.kind, self.reason, self.tls = kind, reason, tls
        super().__init__(reason)


class Busy(MailboxError):
    """The mailbox can't be signed in to for now."""


class Arrival(Struct, frozen=True):
    """A message that concerns the probe. ``handle`` is the mailbox's own identifier for it.

    ``at`` is its arrival time according to the mailbox's ``clock``; None if unknown. ``tab`` is the inbox tab
    it is in, if the server reports it.
    """

    raw: bytes
    folder: str
    handle: str
    junk: bool = False
    labels: tuple[str, ...] = ()
    at: datetime | None = None
    clock: ArrivalClock = ""
    tab: str = ""


class Mailbox(Protocol):
    """A mailbox that is watched. All methods raise MailboxError, except ``close``, which raises nothing."""

    @property
    def tls(self) -> TlsFacts | None:
        """The TLS in use, if any."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that are watched."""

    async def open(self) -> None:
        """Connect, and note the messages already present. May be called again after a MailboxError."""

    async def look(self, *, everywhere: bool = True) -> None:
        """Read new messages, as far as the catch wants them. What was read before an error is kept.

        Without ``everywhere``, unlikely folders may be left for later.
        """

    async def wait(self, seconds: float) -> None:
        """Return when new messages may have arrived, at the latest after ``seconds``."""

    async def remove(self, arrival: Arrival) -> None:
        """Delete it permanently."""

    async def close(self) -> None:
        """Close the connection immediately."""


def role(raw: bytes, token: str, author: str = "") -> Literal["probe", "bounce", "other"]:
    """Classify a message. An automatic reply or a quarantine notice quotes the subject, but is neither.

    ``author`` is the address in the probe's From: without the Message-ID, a probe has that or its own text.
    """
    if token.encode() not in raw:
        return "other"
    fields, _ = split_fields(raw)
    if is_probe(fields, token):
        known = token in first_value(fields, "message-id") or f"Token: {token}".encode() in raw
        return "probe" if known or author.lower() in first_value(fields, "from").lower() else "other"
    if looks_like_bounce(fields):
        from mailproof.mail.dsn import parse_dsn

        return "bounce" if parse_dsn(raw) is not None else "other"
    return "other"


def is_probe(fields: tuple[HeaderField, ...], token: str) -> bool:
    """Whether the header may be the probe's own."""
    if token in first_value(fields, "message-id"):
        return True
    if looks_like_bounce(fields):
        return False
    answer = token in first_value(fields, "in-reply-to") + first_value(fields, "references")
    automatic = first_value(fields, "auto-submitted").lower().startswith("auto-replied")
    return token in first_value(fields, "subject") and not answer and not automatic


def decode_folder(name: bytes) -> str:
    """Decode modified UTF-7 (RFC 3501 section 5.1.3); the name itself if it is invalid."""

    def shifted(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        raw = found[1].replace(",", "/")
        return base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-16-be")

    text = name.decode("utf-8", "replace")
    try:
        return re.sub(r"&([A-Za-z0-9+,]{0,1000})-", shifted, text)
    except (binascii.Error, UnicodeDecodeError):
        return text


def is_junk_name(name: str, separator: str = "/") -> bool:
    """Whether a folder's name means the spam folder."""
    return _last(name, separator) in known_mailboxes().junk_names


def is_outgoing_name(name: str, separator: str = "/") -> bool:
    """Whether a folder's name means sent mail or drafts."""
    return _last(name, separator) in known_mailboxes().outgoing_names


def _last(name: str, separator: str) -> str:
    return name.replace(".", "/").replace(separator or "/", "/").rpartition("/")[2].strip().lower()
