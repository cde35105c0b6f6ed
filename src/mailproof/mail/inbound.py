"""Test messages that should be refused: plain, each with one named fault (the control has none)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from email.utils import format_datetime

from msgspec import Struct

from mailproof.mail.envelope import crlf

#: The EICAR test file, which every virus scanner reports and which does nothing. Split, so that no scanner
#: reports mailproof itself.
_EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*")
_SIGNED = ("From", "To", "Subject", "Date", "Message-ID")


class Text(Struct, frozen=True):
    """The content of a message. ``authors`` are whole From fields; ``words`` describe it to the recipient."""

    token: str
    authors: tuple[str, ...]
    recipient: str
    words: str
    now: datetime
    eicar: bool = False


class Signature(Struct, frozen=True):
    """A DKIM signature that cannot verify: a real selector, but a random value."""

    domain: str
    selector: str
    algorithm: str = "rsa-sha256"


def build(text: Text, signature: Signature | None = None) -> bytes:
    """Build the message, with CRLF line endings."""
    domain = text.authors[0].rpartition("@")[2].rstrip(">")
    fields = [
        *(("From", author) for author in text.authors),
        ("To", f"<{text.recipient}>"),
        ("Subject", f"mailproof inbound test: {text.words} [{text.token}]"),
        ("Date", format_datetime(text.now.replace(microsecond=0))),
        ("Message-ID", f"<{text.token}.{int(text.now.timestamp())}@{domain}>"),
        ("MIME-Version", "1.0"),
    ]
    body = (
        f"mailproof sent this message to see what the server of {text.recipient} does with it\n"
        f"({text.words}). It can be deleted.\n\nToken: {text.token}\n"
    )
    if text.eicar:
        fields.append(("Content-Type", f'multipart/mixed; boundary="{text.token}"'))
        file = base64.b64encode("".join(_EICAR).encode()).decode()
        body = (
            f"--{text.token}\nContent-Type: text/plain; charset=us-ascii\n\n{body}"
            f"--{text.token}\nContent-Type: application/octet-stream; name=eicar.com\n"
            f"Content-Disposition: attachment; filename=eicar.com\n"
            f"Content-Transfer-Encoding: base64\n\n{file}\n"
            f"--{text.token}--\n"
        )
    else:
        fields.append(("Content-Type", "text/plain; charset=us-ascii"))
    octets = crlf(body.encode())
    if signature is not None:
        fields.insert(0, ("DKIM-Signature", _field(signature, octets)))
    header = "".join(f"{name}: {value}\n" for name, value in fields)
    return crlf(header.encode()) + b"\r\n" + octets


def _field(signature: Signature, body: bytes) -> str:
    """A field that is well-formed except for its value: the body hash is correct."""
    length = 64 if signature.algorithm.startswith("ed25519") else 256
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    value = base64.b64encode(secrets.token_bytes(length)).decode()
    return (
        f"v=1; a={signature.algorithm}; c=simple/simple; d={signature.domain}; s={signature.selector};\n"
        f"\th={':'.join(_SIGNED)}; bh={digest};\n\tb="
        + "\n\t ".join(value[at : at + 70] for at in range(0, len(value), 70))
    )
