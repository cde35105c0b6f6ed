"""Use a whole ``.eml`` as the probe: header and body are kept, the token added, old trace fields removed."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from mailproof.errors import ConfigError
from mailproof.mail.envelope import crlf
from mailproof.records.mailboxes import parse_addresses
from mailproof.records.message import first_value, split_fields

PLACEHOLDER = b"{{token}}"

#: Header fields that servers added to a message saved from a mailbox, and those that we set.
_DROPPED = frozenset(
    [
        *("received", "return-path", "delivered-to", "x-received", "authentication-results"),
        *("received-spf", "dkim-signature", "domainkey-signature", "arc-seal"),
        *("arc-message-signature", "arc-authentication-results", "bcc", "message-id", "subject"),
        *("x-original-to", "x-gm-message-state", "x-google-dkim-signature", "status", "x-status"),
        "x-uid",
    ]
)


def fill(
    template: bytes, *, token: str, message_id: str, sender: str, recipient: str, moment: datetime
) -> tuple[str, bytes]:
    """The subject and the message. ``{{token}}`` is replaced anywhere; From and To are the template's own.

    From, To, Date and Message-ID are added if missing. Raises ConfigError if it is not a message.
    """
    if template.startswith(b"From "):  # a leading mbox separator
        template = template.partition(b"\n")[2]
    fields, body = split_fields(crlf(template))
    if not fields:
        raise ConfigError("the file has no header fields: it is not a message", key="message.template")
    kept = [f for f in fields if f.key not in _DROPPED]
    names = {f.key for f in kept}
    subject = first_value(fields, "subject") or "mailproof test message"
    lines = [f"Subject: {subject} [{token}]\r\n".encode(), f"Message-ID: {message_id}\r\n".encode()]
    if "date" not in names:
        lines.append(f"Date: {format_datetime(moment)}\r\n".encode())
    if "from" not in names:
        lines.append(f"From: {sender}\r\n".encode())
    if "to" not in names:
        lines.append(f"To: {recipient}\r\n".encode())
    header = b"".join(f.raw for f in kept) + b"".join(lines)
    raw = header + b"\r\n" + body
    return f"{subject} [{token}]", raw.replace(PLACEHOLDER, token.encode())


def author_of(raw: bytes) -> str:
    """The address in the From header; "" unless there is exactly one."""
    fields, _ = split_fields(raw)
    found = parse_addresses(first_value(fields, "from")).mailboxes
    clear = len(found) == 1 and found[0].domain and "@" not in found[0].local
    return found[0].address if clear else ""
