"""Messages and DNS data for the verification benchmark: ordinary messages, signed with RSA-2048."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIZE = 21_000
IP, HELO = "192.0.2.25", "mail.acme.example"
WORDS = (
    "order",
    "delivery",
    "account",
    "invoice",
    "please",
    "thank",
    "receive",
    "your",
    "the",
    "of",
    "shipment",
)
SIGNED = "from:to:subject:date:message-id:mime-version:content-type"


@dataclass(frozen=True)
class World:
    """The messages, the return path of each, and TXT records by name."""

    messages: tuple[bytes, ...]
    txt: dict[str, str]
    senders: tuple[str, ...]


def make(count: int, seed: int = 1, senders: int = 1) -> World:
    """``count`` different messages of about SIZE octets, half text and half HTML in quoted-printable.

    They come from ``senders`` domains in turn, each with its own key.
    """
    rng = random.Random(seed)
    names = ["acme.example"] if senders == 1 else [f"shop{number}.example" for number in range(senders)]
    keys = {name: generate_private_key(65537, 2048) for name in names[:count]}
    txt: dict[str, str] = {}
    for name, key in keys.items():
        octets = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        txt |= {
            name: "v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.25 -all",
            f"s1._domainkey.{name}": f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}",
            f"_dmarc.{name}": f"v=DMARC1; p=reject; rua=mailto:d@{name}",
        }
    of = [names[number % senders] for number in range(count)]
    return World(
        tuple(_signed(_message(number, name, rng), name, keys[name]) for number, name in enumerate(of)),
        txt,
        tuple(f"bounce@{name}" for name in of),
    )


def zone_text(world: World) -> str:
    """The DNS data as a zone file with the origin "."."""
    lines = []
    for name, text in world.txt.items():
        strings = " ".join(f'"{text[i : i + 250]}"' for i in range(0, len(text), 250))
        lines.append(f"{name}. 3600 IN TXT {strings}")
    return "\n".join(lines) + "\n"


def _message(number: int, domain: str, rng: random.Random) -> tuple[list[tuple[str, str]], bytes]:
    def lines(octets: int, wrap: str) -> str:
        out, size = [], 0
        while size < octets:
            line = wrap.format(" ".join(rng.choices(WORDS, k=9)))
            out.append(line)
            size += len(line) + 2
        return "\r\n".join(out)

    body = (
        "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + lines(SIZE // 2 - 900, "{}")
        + "\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n"
        + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + lines(SIZE // 2 - 900, '<p class=3D"x">{}</p>')
        + "\r\n--b1--\r\n"
    )
    headers = [
        ("From", f"Acme shop <shop@{domain}>"),
        ("To", f"Customer {number} <customer{number}@rcpt.test>"),
        ("Subject", f"Your order {number} has been sent"),
        ("Date", "Sun, 01 Nov 2026 11:59:00 +0000"),
        ("Message-ID", f"<{number}.{rng.getrandbits(64):x}@{domain}>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/alternative; boundary="b1"'),
    ]
    return headers, body.encode()


def _signed(message: tuple[list[tuple[str, str]], bytes], domain: str, key: RSAPrivateKey) -> bytes:
    """Sign manually (relaxed/relaxed) and add Return-Path, Received and Authentication-Results on top."""
    headers, body = message
    digest = base64.b64encode(hashlib.sha256(re.sub(rb"[ \t]+", b" ", body)).digest()).decode()
    value = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1; h={SIGNED}; bh={digest}; b="
    data = "".join(f"{name.lower()}:{text}\r\n" for name, text in headers) + f"dkim-signature:{value}"
    signature = base64.b64encode(key.sign(data.encode(), PKCS1v15(), SHA256())).decode()
    folded = "\r\n\t".join(signature[i : i + 70] for i in range(0, len(signature), 70))
    top = (
        f"Return-Path: <bounce@{domain}>\r\n"
        f"Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=bounce@{domain};\r\n"
        f"\tdkim=pass header.d={domain} header.s=s1; dmarc=pass header.from={domain}\r\n"
        f"Received: from {HELO} ({HELO} [{IP}])\r\n\tby mx.rcpt.test (Postfix) with ESMTPS id 4Xy\r\n"
        "\tfor <customer@rcpt.test>; Sun, 01 Nov 2026 11:59:02 +0000 (UTC)\r\n"
        f"DKIM-Signature: {value}{folded}\r\n"
    )
    return top.encode() + "".join(f"{n}: {t}\r\n" for n, t in headers).encode() + b"\r\n" + body
