"""Compose the probe: a valid RFC 5322 message with a token by which it can be found again.

The token is in the Subject, the Message-ID and the body. A whole ``.eml`` template keeps its own header
and body (see ``mail.template``).
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from html import escape
from pathlib import Path

from msgspec import Struct

from mailproof.config.settings import MessageSettings
from mailproof.dns.text import to_ascii
from mailproof.errors import ConfigError, UsageError
from mailproof.files import read_whole
from mailproof.mail.envelope import crlf, envelope_address, local_part

TOKEN_PREFIX = "mp-"  # noqa: S105 - marks a probe, not a secret
MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_HEADER_TEXT = 900


class ComposedMessage(Struct, frozen=True):
    """A message ready to send. ``raw`` has CRLF line endings; the addresses are bare."""

    raw: bytes
    token: str
    message_id: str
    mail_from: str
    recipients: tuple[str, ...]
    from_address: str
    subject: str
    list_unsubscribe: bool = False


def new_token() -> str:
    """An unguessable token of letters and digits that survive any rewriting."""
    return TOKEN_PREFIX + secrets.token_hex(10)


def compose(
    settings: MessageSettings, token: str, now: datetime | None = None, to: Sequence[str] = ()
) -> ComposedMessage:
    """Build the message, for the recipients ``to`` instead of the one in the settings.

    Raises ConfigError or UsageError for anything a message can't contain.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    sender = parse_address(settings.from_address, "message.from")
    named = [("to.address", each) for each in to] or [("message.to", settings.to_address)]
    recipients = [parse_address(address, key) for key, address in named]
    mail_from = sender.addr_spec if settings.mail_from is None else settings.mail_from
    envelope_address(mail_from)
    author = sender.addr_spec
    utf8 = not all(local_part(a.addr_spec).isascii() for a in (sender, *recipients))
    domain = _ascii_domain(sender)
    message_id = f"<{token}.{int(moment.timestamp())}@{domain}>"
    if settings.template:
        from mailproof.mail.template import author_of, fill

        subject, raw = fill(
            read_file(settings.template, "message.template"),
            token=token,
            message_id=message_id,
            sender=str(_on_the_wire(sender, utf8)),
            recipient=", ".join(str(_on_the_wire(each, utf8)) for each in recipients),
            moment=moment,
        )
        author = author_of(raw) or author
        unsubscribe = b"\nlist-unsubscribe:" in raw.split(b"\r\n\r\n", 1)[0].lower()
    else:
        message = _build(settings, token, message_id, (sender, *recipients), moment, utf8)
        subject, raw = str(message["Subject"]), crlf(message.as_bytes())
        unsubscribe = "List-Unsubscribe" in message
    return ComposedMessage(
        raw=raw,
        token=token,
        message_id=message_id,
        mail_from=mail_from,
        recipients=tuple(each.addr_spec for each in recipients),
        from_address=author,
        subject=subject,
        list_unsubscribe=unsubscribe,
    )


def _build(
    settings: MessageSettings,
    token: str,
    message_id: str,
    addresses: tuple[Address, ...],
    moment: datetime,
    utf8: bool,
) -> EmailMessage:
    message = EmailMessage(policy=(SMTPUTF8 if utf8 else SMTP.clone(cte_type="7bit")))
    subject = checked(settings.subject or "mailproof test message", "message.subject")
    message["Date"] = moment
    message["From"] = _on_the_wire(addresses[0], utf8)
    message["To"] = [_on_the_wire(each, utf8) for each in addresses[1:]]
    if settings.reply_to:
        message["Reply-To"] = _on_the_wire(parse_address(settings.reply_to, "message.reply_to"), utf8)
    message["Subject"] = f"{subject} [{token}]"
    message["Message-ID"] = message_id
    _add_unsubscribe(message, settings)
    text, html = _bodies(settings, token)
    encoded = not text.isascii() or any(len(line) > 900 for line in text.splitlines())
    message.set_content(text, cte="quoted-printable" if encoded else "7bit")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for path in settings.attachments:
        _attach(message, path)
    return message


def _bodies(settings: MessageSettings, token: str) -> tuple[str, str]:
    default = (
        "This message was sent by mailproof to see how mail from this domain arrives.\nIt can be deleted.\n"
    )
    text = settings.text or default
    html = settings.html or f"<html><body><p>{escape(text).replace(chr(10), '<br>')}</p></body></html>"
    mark = f"<p>Token: {token}</p>"
    at = html.lower().rfind("</body>")
    html = html[:at] + mark + html[at:] if at >= 0 else html + mark
    return f"{text.rstrip()}\n\nToken: {token}\n", html


def _add_unsubscribe(message: EmailMessage, settings: MessageSettings) -> None:
    wanted = settings.list_unsubscribe
    if wanted is None:
        return
    ways = []
    if wanted.url:
        ways.append(f"<{_uri(wanted.url)}>")
    if wanted.mailto:
        address = wanted.mailto.removeprefix("mailto:")
        ways.append(f"<mailto:{_uri(address)}>")
    if ways:
        message["List-Unsubscribe"] = ", ".join(ways)
    if wanted.url:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _uri(text: str) -> str:
    if any(c in text for c in "<>, \t") or not text.isascii():
        raise ConfigError(
            "a URI can't contain spaces, commas, brackets or non-ASCII characters",
            key="message.list_unsubscribe",
        )
    return checked(text, "message.list_unsubscribe")


def _attach(message: EmailMessage, path: Path) -> None:
    kind = (mimetypes.guess_type(path.name)[0] or "application/octet-stream").split("/", 1)
    data = read_file(path, "message.attachments")
    if kind[0] in ("message", "multipart"):
        kind = ["application", "octet-stream"]
    name = checked(path.name, "message.attachments")
    message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)


def parse_address(text: str, key: str) -> Address:
    """``Name <local@domain>`` or a bare address. Raises ConfigError; header injection is refused."""
    checked(text, key)
    text = text.strip()
    name, spec = "", text
    if text.endswith(">") and "<" in text:
        name, _, spec = text[:-1].rpartition("<")
        name = name.strip().strip('"')
    local, at, domain = spec.strip().rpartition("@")
    if not at or not local or not domain or any(c in spec for c in " ,;<>"):
        raise ConfigError(f"{text!r} is not an address: write local@domain or Name <local@domain>", key=key)
    try:
        envelope_address(f"{local}@{domain}")
        return Address(display_name=name, username=local.strip('"'), domain=domain)
    except (UsageError, ValueError, IndexError) as error:
        raise ConfigError(f"{text!r} is not an address: {error}", key=key) from None


def _ascii_domain(address: Address) -> str:
    return address.domain if address.domain.startswith("[") else to_ascii(address.domain)


def _on_the_wire(address: Address, utf8: bool) -> Address:
    """The address with its domain in A-labels, unless the whole header is UTF-8 (RFC 6532)."""
    domain = address.domain if utf8 else _ascii_domain(address)
    return Address(display_name=address.display_name, username=address.username, domain=domain)


def checked(text: str, key: str) -> str:
    """Return ``text`` if it is safe in a header field: no line breaks (injection), NUL or excess length.

    Raises ConfigError.
    """
    if any(c in text for c in "\r\n\0"):
        raise ConfigError("a header can't contain a line break or NUL", key=key)
    if len(text) > MAX_HEADER_TEXT:
        raise ConfigError(f"longer than {MAX_HEADER_TEXT} characters", key=key)
    return text


def read_file(path: Path, key: str) -> bytes:
    """Read a file, up to a maximum size. Raises ConfigError."""
    too_large = f"larger than {MAX_FILE_BYTES // 1024 // 1024} MiB"
    try:
        return read_whole(path, MAX_FILE_BYTES, ConfigError, too_large)
    except ConfigError as error:
        raise ConfigError(error.words, key=key) from None
