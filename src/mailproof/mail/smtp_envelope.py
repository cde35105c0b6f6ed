"""What is handed over: the message in its form on the wire, and the envelope commands it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailproof.errors import UsageError
from mailproof.frozen import frozen

_BARE_LF = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.M)


@frozen
class Outgoing:
    """A message with its envelope; addresses as they are sent, ``utf8`` where SMTPUTF8 is needed."""

    message: bytes
    mail_from: str
    recipients: tuple[str, ...]
    utf8: bool = False
    eight_bit: bool = False

    def unsupported(self, offers: Callable[[str], bool], size_limit: str) -> str:
        """Why this server cannot take it, in words; nothing where it can."""
        if self.utf8 and not offers("SMTPUTF8"):
            return (
                "the addresses or header need SMTPUTF8 (RFC 6531), which the server does not offer: "
                "an address with a non-ASCII local part cannot be used through it"
            )
        if self.eight_bit and not self.utf8 and not offers("8BITMIME"):
            return "the message has 8-bit content, and the server does not offer 8BITMIME (RFC 6152)"
        if size_limit.isdigit() and 0 < int(size_limit[:18]) < len(self.message):
            return (
                f"the message has {len(self.message)} octets, and the server takes {size_limit} "
                "at most (SIZE, RFC 1870)"
            )
        return ""

    def mail_command(self, offers: Callable[[str], bool]) -> str:
        """MAIL FROM with the parameters that the server knows."""
        words = [f"MAIL FROM:<{self.mail_from}>"]
        if offers("SIZE"):
            words.append(f"SIZE={len(self.message)}")
        if self.eight_bit and offers("8BITMIME"):
            words.append("BODY=8BITMIME")
        if self.utf8:
            words.append("SMTPUTF8")
        return " ".join(words)

    def wire_form(self) -> bytes:
        """CRLF line ends, leading dots doubled, the final dot (RFC 5321 section 4.5.2)."""
        text = crlf(self.message)
        if not text.endswith(b"\r\n"):
            text += b"\r\n"
        return _LEADING_DOT.sub(b"..", text) + b".\r\n"


def crlf(message: bytes) -> bytes:
    """All line ends as CRLF."""
    return _BARE_LF.sub(b"\r\n", message)


def outgoing(message: bytes, mail_from: str, recipients: Sequence[str]) -> Outgoing:
    """Prepare the envelope. Raises UsageError for an address that cannot stand in it."""
    if not recipients:
        raise UsageError("there is no recipient")
    message = crlf(message)
    header = message.split(b"\r\n\r\n", 1)[0]
    addresses = (mail_from, *recipients)
    utf8 = any(not local_part(a).isascii() for a in addresses) or not header.isascii()
    paths = tuple(envelope_address(a, utf8=utf8) for a in addresses)
    return Outgoing(message, paths[0], paths[1:], utf8=utf8, eight_bit=not message.isascii())


def local_part(address: str) -> str:
    """What stands before the last @."""
    return address.rpartition("@")[0]


def envelope_address(address: str, *, utf8: bool = False) -> str:
    """An address for the envelope; its domain in A-labels unless ``utf8``. Empty is the null path."""
    from mailproof.dns.text import to_ascii

    text = address.strip()
    if not text:
        return ""
    if any(ord(c) < 33 or ord(c) == 127 or c in "<>" for c in text):
        raise UsageError(f"{address!r} cannot be an envelope address: a space, bracket or control character")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise UsageError(f"{address!r} is not an address: write local@domain")
    if domain.startswith("["):
        return text
    return f"{local}@{domain if utf8 and not domain.isascii() else to_ascii(domain)}"
