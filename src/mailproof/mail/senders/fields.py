"""Split a message into fields, for APIs that accept fields rather than a message."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.errors import MessageError as EmailError
from email.header import Header
from email.message import EmailMessage
from email.policy import default

from msgspec import Struct

from mailproof.errors import UsageError

#: Fields for which the API has separate parameters, that it writes itself, or that describe the encoding.
_OWN = frozenset(
    (
        *("from", "to", "cc", "bcc", "subject", "reply-to", "date", "message-id", "mime-version", "received"),
        *("return-path", "dkim-signature", "sender"),
    )
)


class Person(Struct, frozen=True):
    """An address with a display name."""

    address: str
    name: str = ""

    @property
    def shown(self) -> str:
        """The form used in a header field, in Unicode."""
        if not self.name:
            return self.address
        name = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" <{self.address}>'

    def as_json(self, address: str = "email", name: str = "name") -> dict[str, str]:
        """An object with these keys, without the name if it is empty."""
        return {address: self.address, **({name: self.name} if self.name else {})}


class Attachment(Struct, frozen=True):
    """An attached file. ``cid`` is its Content-ID, without the angle brackets."""

    name: str
    media_type: str
    content: bytes
    cid: str = ""

    @property
    def encoded(self) -> str:
        """The content in base64."""
        return base64.b64encode(self.content).decode()


class Fields(Struct, frozen=True):
    """The separate fields for an API. ``headers`` are all other fields, in order."""

    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    reply_to: tuple[Person, ...]
    subject: str
    message_id: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]

    @property
    def headers_with_id(self) -> dict[str, str]:
        """The other fields by name, and our Message-ID."""
        return dict(self.headers) | ({"Message-ID": self.message_id} if self.message_id else {})


def fields_of(raw: bytes, provider: str) -> Fields:
    """Split the message. Raises UsageError if its parts cannot be passed to an API."""
    try:
        return _fields(message_from_bytes(raw, policy=default), provider)
    except (EmailError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        words = " ".join(str(error).split())[:100]
        raise UsageError(
            f"the message cannot be taken apart for {provider}, which takes fields and not a message: {words}"
        ) from None


def _fields(message: EmailMessage, provider: str) -> Fields:
    people = {name: _people(message, name) for name in ("From", "To", "Cc", "Reply-To")}
    if len(people["From"]) != 1:
        raise UsageError(f"{provider} takes one From address: the message has {len(people['From'])}")
    text, html = "", ""
    attachments: list[Attachment] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        kind, name = part.get_content_type(), part.get_filename()
        attached = name is not None or part.get_content_disposition() == "attachment"
        if kind == "text/plain" and not attached and not text:
            text = _lines(part.get_content())
        elif kind == "text/html" and not attached and not html:
            html = _lines(part.get_content())
        else:
            content = part.get_payload(decode=True)
            cid = str(part.get("Content-ID", "")).strip().strip("<>")
            found = content if isinstance(content, bytes) else b""
            attachments.append(Attachment(name or f"part{len(attachments) + 1}", kind, found, cid))
    others = (
        (name, _header(str(value)))
        for name, value in message.items()
        if name.lower() not in _OWN and not name.lower().startswith("content-")
    )
    return Fields(
        sender=people["From"][0],
        to=people["To"],
        cc=people["Cc"],
        reply_to=people["Reply-To"],
        subject=" ".join(str(message.get("Subject", "")).split()),
        message_id=str(message.get("Message-ID", "")).strip(),
        text=text,
        html=html,
        headers=tuple(others),
        attachments=tuple(attachments),
    )


def _people(message: EmailMessage, name: str) -> tuple[Person, ...]:
    found = message.get(name)
    addresses = getattr(found, "addresses", ())
    return tuple(Person(each.addr_spec, each.display_name) for each in addresses if each.addr_spec)


def _lines(content: object) -> str:
    """A text with LF line endings, for JSON."""
    return str(content).replace("\r\n", "\n")


def _header(value: str) -> str:
    """A header field in ASCII (RFC 2047): some APIs copy it unencoded."""
    line = " ".join(value.split())
    return line if line.isascii() else Header(line, "utf-8", maxlinelen=10_000).encode()
