# ruff: noqa: E501 (one part a line reads best)
"""Building blocks for generate_messages.py: composing, signing and delivering messages."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import dkim
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

HERE = Path(__file__).parent
KEYS = HERE.parent.parent / "fixtures" / "messages" / "keys"
#: 2026-11-01 11:59:00 UTC, a minute before the runner's clock.
SIGNED = 1793534340
DATE = "Sun, 01 Nov 2026 11:59:00 +0000"
SIGNED_HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe",
    "List-Unsubscribe-Post",
)  # fmt: skip
HEADERS = (
    ("From", "Alice <alice@acme.example>"),
    ("To", "Bob <bob@rcpt.test>"),
    ("Subject", "Your order"),
    ("Date", DATE),
    ("Message-ID", "<20261101.1@acme.example>"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("List-Unsubscribe", "<https://acme.example/u/1>, <mailto:u@acme.example>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
)
BODY = "Dear Bob,\r\n\r\nyour order has been sent.\r\n\r\nAlice\r\n"
ACME_IP, ESP_IP, FORWARDER_IP = "192.0.2.10", "198.51.100.20", "203.0.113.30"
TLS = "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t"
PASSES = (
    "spf=pass smtp.mailfrom=alice@acme.example",
    "dkim=pass header.d=acme.example header.s=s1",
    "dmarc=pass (p=reject dis=none) header.from=acme.example",
)


@cache
def public(name: str) -> str:
    """The public key of a test key, as in ``p=``."""
    key = load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None)
    return base64.b64encode(
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def txt(text: str) -> str:
    """The text as quoted strings of a TXT record."""
    return " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))


def zone(
    spf: str = "v=spf1 ip4:192.0.2.10 -all",
    key: str | None = "",
    dmarc: str | None = "v=DMARC1; p=reject",
    extra: str = "",
) -> str:
    """The zones of all parties. ``key`` None: no key; "": the valid key."""
    lines = ["$ORIGIN acme.example.", f"@ 3600 IN TXT {txt(spf)}"]
    if key is not None:
        lines.append(f"s1._domainkey 3600 IN TXT {txt(key or 'v=DKIM1; k=rsa; p=' + public('acme'))}")
    if dmarc:
        lines.append(f"_dmarc 3600 IN TXT {txt(dmarc)}")
    lines += [
        "mail 3600 IN A 192.0.2.10",
        'mail 3600 IN TXT "v=spf1 a -all"',
        "$ORIGIN esp.test.",
        '@ 3600 IN TXT "v=spf1 ip4:198.51.100.20 -all"',
        'out 3600 IN TXT "v=spf1 ip4:198.51.100.20 -all"',
        f"e1._domainkey 3600 IN TXT {txt('v=DKIM1; k=rsa; p=' + public('esp'))}",
        "$ORIGIN list.test.",
        '@ 3600 IN TXT "v=spf1 ip4:203.0.113.30 -all"',
        f"arc._domainkey 3600 IN TXT {txt('v=DKIM1; k=rsa; p=' + public('list'))}",
        extra,
    ]
    return "\n".join(line for line in lines if line) + "\n"


def compose(headers: tuple[tuple[str, str], ...] = HEADERS, body: str = BODY) -> bytes:
    """An unsigned message."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n" + body.encode()


def without(*names: str) -> tuple[tuple[str, str], ...]:
    """The default headers without these."""
    return tuple(header for header in HEADERS if header[0] not in names)


def having(name: str, value: str) -> tuple[tuple[str, str], ...]:
    """The default headers with one value replaced."""
    return tuple((n, value if n == name else v) for n, v in HEADERS)


def sign(
    message: bytes,
    *,
    key: str = "acme",
    domain: str = "acme.example",
    selector: str = "s1",
    headers: tuple[str, ...] = SIGNED_HEADERS,
    oversign: bool = True,
    length: bool = False,
    algorithm: str = "rsa-sha256",
    at: int = SIGNED,
) -> bytes:
    """The message with a signature on top."""
    dkim.time = SimpleNamespace(time=lambda: at)
    present = {line.split(b":")[0].lower() for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    names = [name.lower().encode() for name in headers if name.lower().encode() in present]
    signer = dkim.DKIM(message, minkey=1024)
    signer.signature_algorithm = algorithm.encode()
    signature: bytes = signer.sign(
        selector.encode(),
        domain.encode(),
        (KEYS / f"{key}.pem").read_bytes(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names + ([b"from"] if oversign else []),
        length=length,
    )
    return signature + message


def relaxed(name: str, value: str) -> str:
    """A header field in relaxed form (RFC 6376 section 3.4.2), without CRLF."""
    return f"{name.lower()}:{' '.join(value.split())}"


def seal(message: bytes) -> bytes:
    """The message sealed by the mailing list: a first ARC set (RFC 8617 section 5.1), built by hand."""
    key = load_pem_private_key((KEYS / "list.pem").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)

    def signed(text: str) -> str:
        return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()

    head, _, body = message.decode().partition("\r\n\r\n")
    fields = dict(line.partition(": ")[::2] for line in head.split("\r\n") if line[:1] not in " \t")
    names = ("from", "to", "subject", "date", "message-id")
    values = {name.lower(): value for name, value in fields.items()}
    digest = base64.b64encode(sha256(body.encode()).digest()).decode()
    common = f"a=rsa-sha256; d=list.test; s=arc; t={SIGNED}"
    results = "i=1; list.test; spf=pass smtp.mailfrom=alice@acme.example; dkim=pass header.d=acme.example"
    ams = f"i=1; {common}; c=relaxed/relaxed; h={':'.join(names)}; bh={digest}; b="
    over = [relaxed(name, values[name]) for name in names] + [relaxed("ARC-Message-Signature", ams)]
    ams += signed("\r\n".join(over))
    top = f"i=1; cv=none; {common}; b="
    chain = (("ARC-Authentication-Results", results), ("ARC-Message-Signature", ams), ("ARC-Seal", top))
    top += signed("\r\n".join(relaxed(*field) for field in chain))
    lines = (("ARC-Seal", top), *chain[1::-1])
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + message


def received(
    ip: str = ACME_IP,
    host: str = "mail.acme.example",
    *,
    by: str = "mx.rcpt.test",
    tls: str = TLS,
    date: str = "Sun, 01 Nov 2026 11:59:02 +0000",
) -> str:
    """A Received header as Postfix writes it."""
    protocol = "ESMTPS" if tls else "ESMTP"
    return (
        f"Received: from {host} ({host} [{ip}])\r\n\t{tls}by {by} (Postfix) with {protocol} id 4Xy"
        f"\r\n\tfor <bob@rcpt.test>; {date} (UTC)\r\n"
    )


def deliver(
    message: bytes,
    *,
    ip: str = ACME_IP,
    host: str = "mail.acme.example",
    mail_from: str = "alice@acme.example",
    results: tuple[str, ...] = PASSES,
    tls: str = TLS,
    date: str = "Sun, 01 Nov 2026 11:59:02 +0000",
    below: str = "",
) -> bytes:
    """The message in Bob's mailbox. ``below`` goes below the receiving server's Received header."""
    listed = ";\r\n\t".join(results)
    judged = f"Authentication-Results: mx.rcpt.test;\r\n\t{listed}\r\n" if results else ""
    top = f"Return-Path: <{mail_from}>\r\nDelivered-To: bob@rcpt.test\r\n{judged}"
    return (top + received(ip, host, tls=tls, date=date) + below).encode() + message


@dataclass(frozen=True)
class Case:
    """The two messages of a rule, with their zones."""

    bad: Callable[[], bytes]
    good: Callable[[], bytes] = lambda: deliver(sign(compose()))
    bad_zone: str = field(default_factory=zone)
    good_zone: str | None = None
    toml: str = ""


def esp(message: bytes) -> bytes:
    """The message signed with the mail service's own domain."""
    return sign(message, key="esp", domain="esp.test", selector="e1")


def from_esp(message: bytes, *results: str) -> bytes:
    """The message as delivered by the mail service."""
    return deliver(
        message, ip=ESP_IP, host="out.esp.test", mail_from="b+1=bob=rcpt.test@esp.test", results=results
    )


ESP_RESULTS = ("spf=pass smtp.mailfrom=b+1=bob=rcpt.test@esp.test", "dkim=pass header.d=esp.test header.s=e1")
FAIL = "dmarc=fail (p=reject dis=none) header.from=acme.example"
SPF_PASS = PASSES[0]
FOOTER = b"\r\n-- \r\nThis message was scanned.\r\n"


def forwarded(message: bytes, *results: str) -> bytes:
    """The message sent to an alumni address, whose server forwards it with an unchanged return path."""
    first = received(by="alumni.list.test", date="Sun, 01 Nov 2026 11:59:01 +0000")
    return deliver(message, ip=FORWARDER_IP, host="alumni.list.test", results=results, below=first)


def expired() -> bytes:
    """A signature with x= inserted: a verifier checks the time before any cryptography."""
    signed = sign(compose(), at=SIGNED - 7200)
    return deliver(signed.replace(b"; t=", b"; x=%d; t=" % (SIGNED - 3600), 1))


UNSUBSCRIBE = '<p><a href="https://acme.example/u/1">Unsubscribe</a></p>'
WORDS = "<p>Dear Bob, " + "your order has been sent and will be with you within the next days. " * 3 + "</p>"
PNG = base64.b64encode(b"\x89PNG" * 20).decode()


def page(
    html: str = WORDS + UNSUBSCRIBE,
    *,
    text: str | None = "Dear Bob, your order has been sent.",
    headers: tuple[tuple[str, str], ...] = HEADERS,
    extra: str = "",
    end: str = "--B--\r\n",
) -> bytes:
    """A delivered and signed message with HTML. ``extra`` are further parts."""
    kind = (
        "Content-Type",
        'multipart/mixed; boundary="B"' if extra else 'multipart/alternative; boundary="B"',
    )
    fields = tuple(kind if name == "Content-Type" else (name, value) for name, value in headers)
    plain = f"--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n" if text is not None else ""
    lines = "".join(html[i : i + 400] + "\r\n" for i in range(0, len(html), 400))
    body = f"{plain}--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{lines}{extra}{end}"
    return deliver(sign(compose(fields, body)))


def attached(name: str) -> str:
    """An attachment part."""
    return (
        f'--B\r\nContent-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{PNG}\r\n'
    )


SA_SPAM = (
    "X-Spam-Status: Yes, score=7.3 required=5.0 tests=DKIM_INVALID,HTML_IMAGE_ONLY_08,\r\n"
    "\tMIME_HTML_ONLY,RDNS_NONE,URIBL_DBL_SPAM autolearn=no autolearn_force=no version=4.0.1"
)
SA_HAM = (
    "X-Spam-Status: No, score=-0.2 required=5.0 tests=DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU,\r\n"
    "\tSPF_PASS autolearn=ham autolearn_force=no version=4.0.1"
)


def filtered(*lines: str) -> bytes:
    """The valid message, with these headers from the receiver's own spam filter."""
    return "".join(f"{line}\r\n" for line in lines).encode() + deliver(sign(compose()))
