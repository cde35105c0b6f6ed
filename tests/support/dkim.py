"""Keys and handcrafted signatures."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mailproof.auth.dkim import verify_dkim
from mailproof.dns import Resolver
from mailproof.message.canonical import canonical_body, canonical_fields, header_data
from mailproof.message.forensics import explain_failures
from mailproof.message.reader import read
from mailproof.model import DkimVerdict
from mailproof.records.dkim_signature import SignatureKind, parse_dkim_signature
from mailproof.records.message import parse_message

KEYS = Path(__file__).parents[1] / "unit" / "dkim" / "keys"
#: The p= values by name: rsa512, rsa1024, rsa2048, rsa2048_pkcs1, rsa4608, ed25519, ed25519_der, ec.
PUBLIC: dict[str, str] = tomllib.loads((KEYS / "public.toml").read_text())
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)

MESSAGE = (
    b"From: Ann <ann@acme.example>\r\n"
    b"To: bob@dest.example\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Mon, 23 Nov 2026 11:59:00 +0000\r\n"
    b"Message-ID: <1@acme.example>\r\n"
    b"\r\n"
    b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
)


async def dkim_of(octets: bytes, resolver: Resolver, *, now: datetime = NOW) -> tuple[DkimVerdict, ...]:
    """The verdicts on a message's signatures, with explanations of failures."""
    message = read(octets)
    verdicts = await verify_dkim(message, resolver, now=now)
    return explain_failures(message, verdicts)


#: A tag's value, valid or not; None omits the tag.
Value = str | int | None


class Tags(TypedDict, total=False):
    """The tags of a signature that ``craft`` inserts verbatim."""

    v: Value
    a: Value
    bh: Value
    c: Value
    cv: Value
    d: Value
    h: Value
    i: Value
    l: Value  # noqa: E741 - DKIM's own name
    q: Value
    s: Value
    t: Value
    x: Value
    z: Value


def pem(name: str) -> bytes:
    """A private key: rsa512, rsa1024, rsa2048, rsa4608 or ed25519."""
    return (KEYS / f"{name}.pem").read_bytes()


@cache
def private_key(name: str) -> PrivateKeyTypes:
    """The key, loaded once, since loading validates it, which takes longer than signing."""
    return load_pem_private_key(pem(name), None)


def craft(
    message: bytes, key: str = "rsa2048", *, kind: SignatureKind = "dkim", **tags: Unpack[Tags]
) -> bytes:
    """``message`` with a signature on top that has the given tags, valid or not; ``None`` omits a tag.

    For signatures that no signer would create: the hashes are correct for these tags.
    """
    name = {"dkim": b"DKIM-Signature", "ams": b"ARC-Message-Signature", "seal": b"ARC-Seal"}[kind]
    private = private_key(key)
    default = "ed25519-sha256" if isinstance(private, Ed25519PrivateKey) else "rsa-sha256"
    values: dict[str, object] = {"v": "1", "a": default, "c": "relaxed/relaxed"}
    values |= {"d": "acme.example", "s": "s1", "h": "from:to:subject:date:message-id", **tags}
    sha1 = values["a"] == "rsa-sha1"
    parsed = parse_message(message)
    if "bh" not in values:
        how = str(values["c"] or "simple/simple").partition("/")[2] or "simple"
        body = canonical_body(parsed.body, "relaxed" if how == "relaxed" else "simple")
        given = str(values.get("l") or "")
        length = int(given) if given.isdigit() else None
        digest = hashlib.new("sha1" if sha1 else "sha256", body[:length]).digest()
        values["bh"] = base64.b64encode(digest).decode()
    text = "; ".join(f"{tag}={value}" for tag, value in values.items() if value is not None) + "; b="
    unsigned = parse_message(name + b": " + text.encode() + b"\r\n" + message)
    signature = parse_dkim_signature(" " + text, kind)
    data = header_data(unsigned, unsigned.headers[0], signature)
    if isinstance(private, Ed25519PrivateKey):
        raw = private.sign(hashlib.sha256(data).digest())
    else:
        assert isinstance(private, RSAPrivateKey)
        raw = private.sign(data, PKCS1v15(), SHA1() if sha1 else SHA256())
    return name + b": " + text.encode() + base64.b64encode(raw) + b"\r\n" + message


def seal(
    message: bytes, domain: str, cv: str, key: str = "rsa2048", selector: str = "s1", **over: str
) -> bytes:
    """Add an ARC set on top, valid except for changes by ``over`` (tags prefixed with ams_ or as_)."""
    parsed = parse_message(message)
    last = [int(f.value.split(";")[0].split("=")[1]) for f in parsed.fields("arc-authentication-results")]
    instance = str(max(last, default=0) + 1)
    ams: dict[str, Any] = {"v": None, "i": instance, "d": domain, "s": selector, "h": "from:to:subject"}
    ams |= {name[4:]: value for name, value in over.items() if name.startswith("ams_")}
    signed = craft(message, key, kind="ams", **ams)
    aar = f"ARC-Authentication-Results: i={instance}; mx.{domain}; spf=pass; arc={cv}\r\n".encode()
    private = private_key(key)
    algorithm = "ed25519-sha256" if isinstance(private, Ed25519PrivateKey) else "rsa-sha256"
    tags = {"i": instance, "a": algorithm, "cv": cv, "d": domain, "s": selector}
    tags |= {name[3:]: value for name, value in over.items() if name.startswith("as_")}
    text = "ARC-Seal: " + "; ".join(f"{n}={v}" for n, v in tags.items()) + "; b="
    whole = parse_message(aar + signed)
    parts = []
    for number in range(1, int(instance) + 1):
        for name in ("arc-authentication-results", "arc-message-signature", "arc-seal"):
            parts += [
                canonical_fields(f.raw, "relaxed")
                for f in whole.fields(name)
                if f"i={number};" in f.value.replace(" ", "")
            ]
    data = b"".join(parts) + canonical_fields(text.encode(), "relaxed").removesuffix(b"\r\n")
    if isinstance(private, Ed25519PrivateKey):
        raw = private.sign(hashlib.sha256(data).digest())
    else:
        assert isinstance(private, RSAPrivateKey)
        raw = private.sign(data, PKCS1v15(), SHA256())
    return text.encode() + base64.b64encode(raw) + b"\r\n" + aar + signed
