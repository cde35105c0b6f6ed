"""Signatures with one thing changed, and the verdict on each (RFC 6376 section 6.1, RFC 8301)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.dkim import MESSAGE, NOW, PUBLIC, Value, craft, dkim_of
from tests.support.resolvers import zone


def txt(text: str) -> str:
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


RSA, ED, WEAK, SHORT = (PUBLIC[name] for name in ("rsa2048", "ed25519", "rsa1024", "rsa512"))
ZONE = f"""$ORIGIN _domainkey.acme.example.
s1 IN TXT {txt(f"v=DKIM1; p={RSA}")}
ed IN TXT {txt(f"v=DKIM1; k=ed25519; p={ED}")}
weak IN TXT {txt(f"p={WEAK}")}
short IN TXT {txt(f"p={SHORT}")}
long IN TXT {txt(f"p={PUBLIC['rsa4608']}")}
revoked IN TXT "v=DKIM1; p="
email IN TXT {txt(f"s=email; p={RSA}")}
other IN TXT {txt(f"s=tlsrpt; p={RSA}")}
sha1 IN TXT {txt(f"h=sha1; p={RSA}")}
sha256 IN TXT {txt(f"h=sha1:sha256; p={RSA}")}
test IN TXT {txt(f"t=y; p={RSA}")}
strict IN TXT {txt(f"t=s; p={RSA}")}
kind IN TXT {txt(f"k=dsa; p={RSA}")}
two IN TXT {txt(f"p={RSA}")}
two IN TXT {txt(f"p={WEAK}")}
stray IN TXT {txt(f"p={RSA}")}
stray IN TXT "v=spf1 -all"
words IN TXT "some words"
broken IN TXT "v=DKIM1; k=rsa; p=AAAA"
"""
T = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("key", "tags", "result", "code", "notes"),
    [
        ("rsa2048", {}, "pass", "pass", ()),
        ("rsa2048", {"c": "simple/simple"}, "pass", "pass", ()),
        ("rsa2048", {"c": "relaxed"}, "pass", "pass", ()),
        ("rsa2048", {"c": None, "bh": None}, "permerror", "missing-tag", ()),
        ("ed25519", {"s": "ed"}, "pass", "pass", ()),
        ("ed25519", {"s": "s1"}, "permerror", "key-mismatch", ()),
        ("rsa2048", {"s": "ed"}, "permerror", "key-mismatch", ()),
        ("rsa1024", {"s": "weak"}, "pass", "pass", ("weak-key",)),
        ("rsa512", {"s": "short"}, "policy", "short-key", ()),
        ("rsa4608", {"s": "long"}, "pass", "pass", ("long-key",)),
        ("rsa2048", {"s": "revoked"}, "permerror", "key-revoked", ()),
        ("rsa2048", {"s": "email"}, "pass", "pass", ()),
        ("rsa2048", {"s": "other"}, "permerror", "key-not-for-email", ()),
        ("rsa2048", {"s": "sha1"}, "permerror", "key-hash-not-allowed", ()),
        ("rsa2048", {"s": "sha256"}, "pass", "pass", ()),
        ("rsa2048", {"s": "test"}, "pass", "pass", ("testing",)),
        ("rsa2048", {"s": "strict"}, "pass", "pass", ()),
        ("rsa2048", {"s": "strict", "i": "a@acme.example"}, "pass", "pass", ()),
        ("rsa2048", {"s": "strict", "i": "a@sub.acme.example"}, "permerror", "key-strict-identity", ()),
        ("rsa2048", {"i": "a@sub.acme.example"}, "pass", "pass", ()),
        ("rsa2048", {"i": "a@notacme.example"}, "permerror", "identity-mismatch", ()),
        ("rsa2048", {"s": "kind"}, "permerror", "unknown-key-type", ()),
        ("rsa2048", {"s": "two"}, "permerror", "several-keys", ()),
        ("rsa2048", {"s": "stray"}, "pass", "pass", ("stray-txt",)),
        ("rsa2048", {"s": "words"}, "permerror", "not-a-key-record", ()),
        ("rsa2048", {"s": "broken"}, "permerror", "key-malformed", ()),
        ("rsa2048", {"s": "none"}, "permerror", "no-key", ()),
        ("rsa2048", {"a": "rsa-sha1"}, "policy", "sha1", ()),
        ("rsa2048", {"t": T}, "pass", "pass", ()),
        ("rsa2048", {"t": T + 300}, "pass", "pass", ()),
        ("rsa2048", {"t": T + 301}, "pass", "pass", ("future-timestamp",)),
        ("rsa2048", {"x": T}, "pass", "pass", ()),
        ("rsa2048", {"t": T - 9, "x": T - 1}, "fail", "expired", ()),
        ("rsa2048", {"l": 5}, "pass", "pass", ("unsigned-body",)),
        ("rsa2048", {"l": 54}, "pass", "pass", ("body-length",)),
        ("rsa2048", {"l": 55}, "fail", "body-too-short", ("body-length",)),
        ("rsa2048", {"bh": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, "fail", "body-hash", ()),
        ("rsa2048", {"h": "from:from"}, "pass", "pass", ()),
    ],
)
async def test_one_thing_changed(
    key: str, tags: dict[str, Value], result: str, code: str, notes: tuple[str, ...]
) -> None:
    (verdict,) = await dkim_of(craft(MESSAGE, key, **tags), zone(ZONE), now=NOW)  # type: ignore[arg-type]
    assert (verdict.result, verdict.code, verdict.notes) == (result, code, notes), verdict.reason


@pytest.mark.parametrize(
    ("old", "new", "code", "body", "header"),
    [
        (b"Hi.", b"Ho.", "body-hash", False, True),
        (b"dinner", b"supper", "signature", True, False),
        (b"Subject: Is", b"Subject:  Is", "pass", True, True),
        (b"Date: Mon", b"Date: Tue", "signature", True, False),
        (b"lost the game.  Are", b"lost the game. Are", "pass", True, True),
        (b"Joe.\r\n", b"Joe.\r\n\r\n\r\n", "pass", True, True),
        (b"From: Ann", b"From: Eve <e@x.example>\r\nFrom: Ann", "extra-from", True, True),
    ],
)
async def test_what_was_changed_on_the_way(
    old: bytes, new: bytes, code: str, body: bool, header: bool
) -> None:
    signed = craft(MESSAGE)
    assert old in signed
    (verdict,) = await dkim_of(signed.replace(old, new, 1), zone(ZONE), now=NOW)
    assert (verdict.code, verdict.body_valid, verdict.signature_valid) == (code, body, header)


async def test_both_are_changed() -> None:
    changed = craft(MESSAGE).replace(b"Hi.", b"Ho.").replace(b"dinner", b"supper")
    (verdict,) = await dkim_of(changed, zone(ZONE), now=NOW)
    assert (verdict.code, verdict.body_valid, verdict.signature_valid) == ("body-and-signature", False, False)


async def test_a_signature_expires_at_its_second() -> None:
    signed = craft(MESSAGE, t=T - 9, x=T)
    (at,) = await dkim_of(signed, zone(ZONE), now=NOW)
    (after,) = await dkim_of(signed, zone(ZONE), now=NOW + timedelta(seconds=1))
    assert (at.code, after.code) == ("pass", "expired")
    assert after.reason == "the signature expired at 2026-11-23 12:00:00 UTC (x=)"


async def test_the_words_of_remarks() -> None:
    signed = craft(MESSAGE, "rsa1024", s="weak", l=5)
    (verdict,) = await dkim_of(signed, zone(ZONE), now=NOW)
    assert verdict.reason == (
        "the signature by acme.example verifies; the key has only 1024 bits; 2048 are recommended; "
        "49 octets at the end are not signed (l=): “We lost the game. Are you hungry yet? Joe.”"
    )
    assert (verdict.bits, verdict.unsigned_bytes, verdict.body_length) == (1024, 49, 5)
