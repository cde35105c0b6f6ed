"""What SMTP transmits: the message in wire format and its envelope; and the queue id in the reply."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from mailproof.errors import UsageError
from mailproof.mail.envelope import crlf, envelope_address, local_part

FINAL_DOT = b".\r\n"
_LEADING_DOT = re.compile(rb"^\.", re.M)
#: How servers state the id by which their administrator can find the message.
_QUEUE_IDS = (
    re.compile(r"\bqueued as ([A-Za-z0-9._-]{4,100})", re.I),  # Postfix, and proxies before it
    re.compile(r"\bid=([A-Za-z0-9._-]{4,100})", re.I),  # Exim, and rspamd-proxied ones
    re.compile(r"<([^<>\s]{4,200})> \[InternalId=\d{1,30}", re.I),  # Exchange
    re.compile(r"\b([A-Za-z0-9]{8,30}) Message accepted for delivery", re.I),  # Sendmail
    re.compile(r"^OK +\d{8,12} ([A-Za-z0-9.-]{10,100}) - gsmtp", re.I),  # Gmail
    re.compile(r"^Ok ([0-9a-f]{10,30}(?:-[0-9a-f-]{1,60})?)$", re.I),  # Amazon SES
    re.compile(r"\bqp (\d{3,12})\b", re.I),  # qmail
    re.compile(r"\b(?:message|queue)[- ]?id:? <?([^\s<>]{6,200})>?", re.I),
    re.compile(r"^(?:OK|Ok|ok)[:,]? (?:queued )?(?:as |id )?([A-Za-z0-9._-]{8,100})$"),
)


class Outgoing(Struct, frozen=True):
    """A message with its envelope; addresses in wire format, ``utf8`` if SMTPUTF8 is needed.

    ``notify`` requests notifications of success, if offered; ``require_tls`` demands REQUIRETLS.
    """

    message: bytes
    mail_from: str
    recipients: tuple[str, ...]
    utf8: bool = False
    eight_bit: bool = False
    notify: bool = False
    require_tls: bool = False

    def unsupported(self, offers: Callable[[str], bool], size_limit: str) -> str:
        """Why this server cannot accept the message; "" if it can."""
        if self.utf8 and not offers("SMTPUTF8"):
            return (
                "the addresses or header need SMTPUTF8 (RFC 6531), which the server does not offer: "
                "an address with a non-ASCII local part cannot be used through it"
            )
        if self.eight_bit and not self.utf8 and not offers("8BITMIME"):
            return "the message has 8-bit content, and the server does not offer 8BITMIME (RFC 6152)"
        if self.require_tls and not offers("REQUIRETLS"):
            return (
                "the message must be sent with TLS all the way (require_tls), and the server does not offer "
                "REQUIRETLS (RFC 8689)"
            )
        if size_limit.isdigit() and 0 < int(size_limit[:18]) < len(self.message):
            return (
                f"the message has {len(self.message)} octets, and the server takes {size_limit} "
                "at most (SIZE, RFC 1870)"
            )
        return ""

    def mail_command(self, offers: Callable[[str], bool]) -> str:
        """MAIL FROM with the parameters that the server supports."""
        words = [f"MAIL FROM:<{self.mail_from}>"]
        if offers("SIZE"):
            words.append(f"SIZE={len(self.message)}")
        if self.eight_bit and offers("8BITMIME"):
            words.append("BODY=8BITMIME")
        if self.utf8:
            words.append("SMTPUTF8")
        if self.require_tls:
            words.append("REQUIRETLS")
        if self.notify and offers("DSN"):
            words.append("RET=HDRS")
        return " ".join(words)

    def rcpt_command(self, recipient: str, offers: Callable[[str], bool]) -> str:
        """RCPT TO with the parameters that the server supports."""
        wanted = " NOTIFY=SUCCESS,DELAY,FAILURE" if self.notify and offers("DSN") else ""
        return f"RCPT TO:<{recipient}>{wanted}"

    def wire_form(self) -> bytes:
        """CRLF line endings, dot stuffing, the final dot (RFC 5321 section 4.5.2)."""
        text = crlf(self.message)
        if not text.endswith(b"\r\n"):
            text += b"\r\n"
        return _LEADING_DOT.sub(b"..", text) + FINAL_DOT


def outgoing(message: bytes, mail_from: str, recipients: Sequence[str]) -> Outgoing:
    """Prepare the envelope. Raises UsageError for an invalid address."""
    if not recipients:
        raise UsageError("no recipient is given")
    message = crlf(message)
    header = message.split(b"\r\n\r\n", 1)[0]
    addresses = (mail_from, *recipients)
    utf8 = any(not local_part(a).isascii() for a in addresses) or not header.isascii()
    paths = tuple(envelope_address(a, utf8=utf8) for a in addresses)
    return Outgoing(message, paths[0], paths[1:], utf8=utf8, eight_bit=not message.isascii())


def queue_id(text: str) -> str:
    """The id in the reply to the end of data, or ""."""
    said = text[:1000].strip()
    found = next(filter(None, (pattern.search(said) for pattern in _QUEUE_IDS)), None)
    return found[1] if found else ""
