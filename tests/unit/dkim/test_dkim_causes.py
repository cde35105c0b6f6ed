# ruff: noqa: E501 (one case a line reads best)
"""Why a signature failed: each common modification is detected by undoing it, without false causes."""

from __future__ import annotations

import base64
import hashlib
import quopri
from collections.abc import Callable
from typing import Unpack

import pytest

from mailproof.dns import ZoneResolver
from mailproof.model import DkimVerdict
from tests.support.dkim import NOW, PUBLIC, Tags, craft, dkim_of
from tests.support.resolvers import zone

LONG = (
    "This line is long enough to be wrapped by a program that believes in narrow terminals and little else."
)
TEXT = (
    "Dear Bob,\r\n\r\n"
    "From here on it is easy.\r\n"
    ".hidden files start with a dot\r\n\r\n"
    f"{LONG}\r\n"
    "See https://shop.acme.example/a?b=1 for more.\r\n\r\n"
    "-- \r\nAnn\r\n"
)
HEADERS = (
    "From: Ann <ann@acme.example>\r\n"
    "To: bob@dest.example\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Mon, 23 Nov 2026 11:59:00 +0000\r\n"
    "Message-ID: <1@acme.example>\r\n"
    "MIME-Version: 1.0\r\n"
)
SIGNED = "from:to:subject:date:message-id:mime-version:reply-to"
SEVERAL = (
    "--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "Grüße an alle.\r\nBis bald.\r\n"
    "\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "<html><body>\r\n<p>Grüße an alle.</p>\r\n<p>Bis bald.</p>\r\n</body></html>\r\n"
    "\r\n--b1--\r\n"
)
MULTIPART = 'Content-Type: multipart/alternative; boundary="b1"\r\n'


def resolver(key: str = "rsa2048") -> ZoneResolver:
    kind = "ed25519" if key == "ed25519" else "rsa"
    text = f"v=DKIM1; k={kind}; p={PUBLIC[key]}"
    chunks = " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
    return zone(f"s1._domainkey.acme.example. 3600 IN TXT {chunks}\n")


async def judged(
    body: str | bytes,
    change: Callable[[bytes], bytes],
    *,
    headers: str = HEADERS,
    key: str = "rsa2048",
    published: str = "",
    **tags: Unpack[Tags],
) -> DkimVerdict:
    """The verdict on a message that was changed after signing."""
    raw = body.encode() if isinstance(body, str) else body
    chosen: Tags = {"h": SIGNED, **tags}
    signed = craft(headers.encode() + b"\r\n" + raw, key, **chosen)
    changed = change(signed)
    assert changed != signed
    (verdict,) = await dkim_of(changed, resolver(published or key), now=NOW)
    return verdict


def of_body(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def both(message: bytes) -> bytes:
        head, blank, body = message.partition(b"\r\n\r\n")
        return head + blank + change(body)

    return both


BODY_CHANGES: list[tuple[str, str, Callable[[bytes], bytes], str]] = [
    ("appended", "relaxed", lambda b: b + b"_______\r\nlist mailing list\r\nhttps://list.test/\r\n", "3 lines"),
    ("appended", "simple", lambda b: b + b"\r\n-- \r\nScanned\r\n", "Scanned"),
    ("inserted", "relaxed", lambda b: b"[EXTERNAL] Be careful\r\n\r\n" + b, "EXTERNAL"),
    ("inserted", "relaxed", lambda b: b.replace(b"-- \r\n", b"An advertisement\r\nof two lines\r\n-- \r\n"), "2 lines"),
    ("trailing-space", "simple", lambda b: b.replace(b"easy.\r\n", b"easy. \t\r\n").replace(b"-- \r\n", b"--\r\n").replace(b"--\r\n", b"-- \r\n"), ""),
    ("trailing-space", "relaxed", lambda b: b.replace(b"-- \r\n", b"--\r\n").replace(b"x", b"x"), "skip"),
    ("trailing-space", "simple", lambda b: b.replace(b"-- \r\n", b"--\r\n"), "removed"),
    ("blank-lines", "relaxed", lambda b: b"\r\n\r\n" + b, "start"),
    ("blank-lines", "simple", lambda b: b.replace(b"\r\n", b"\r\n\r\n"), "doubled"),
    ("rewrapped", "relaxed", lambda b: b.replace(b" narrow", b"\r\nnarrow"), "wrapped"),
    ("from-quoted", "relaxed", lambda b: b.replace(b"\r\nFrom ", b"\r\n>From "), "mbox"),
    ("dot-stuffed", "relaxed", lambda b: b.replace(b"\r\n.", b"\r\n.."), "dot"),
    ("links-rewritten", "relaxed", lambda b: b.replace(b"https://shop.acme.example/a?b=1", b"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.acme.example%2Fa%3Fb%3D1&data=05%7C01&sdata=x&reserved=0"), "scanner"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "how", "change", "words"), BODY_CHANGES)
async def test_what_was_done_to_the_text(
    code: str, how: str, change: Callable[[bytes], bytes], words: str
) -> None:
    body = TEXT
    if words == "":  # only adds white space: the text has none to change
        body, change = TEXT.replace("-- \r\n", "--\r\n"), lambda b: b.replace(b"easy.\r\n", b"easy. \t\r\n")
    if words == "skip":  # relaxed canonicalization does not see it
        verdict = await judged(body, of_body(change))
        assert (verdict.result, verdict.cause) == ("pass", "")
        return
    verdict = await judged(body, of_body(change), c=f"relaxed/{how}")
    assert verdict.code == "body-hash"
    assert verdict.cause == code, verdict.cause_reason
    assert words in verdict.cause_reason


async def test_an_empty_body_was_signed() -> None:
    empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    verdict = await judged(TEXT, of_body(lambda b: b + b"."), bh=empty)
    assert verdict.cause == "empty-signed"


async def test_the_signer_used_the_other_canonicalization() -> None:
    body = "a  b \r\n"
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    verdict = await judged(body, lambda m: m + b"\r\n", bh=digest)
    assert (verdict.cause, verdict.cause_hop) == ("canonicalization", "")


async def test_line_ends_that_were_signed_as_lf() -> None:
    body = "a\nb\n"
    digest = base64.b64encode(hashlib.sha256(b"a\nb\n").digest()).decode()
    verdict = await judged(body.replace("\n", "\r\n"), lambda m: b"A: b\r\n" + m, bh=digest)
    assert verdict.cause == "line-ends"
    digest = base64.b64encode(hashlib.sha256(b"a\nb\n\r\n").digest()).decode()
    verdict = await judged(body.replace("\n", "\r\n"), lambda m: b"A: b\r\n" + m, bh=digest)
    assert verdict.cause == "line-ends"


def as_quoted_printable(body: bytes) -> bytes:
    return quopri.encodestring(body.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


async def test_8bit_text_made_quoted_printable() -> None:
    headers = HEADERS + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"

    def change(message: bytes) -> bytes:
        head, blank, body = message.partition(b"\r\n\r\n")
        return head.replace(b"8bit", b"quoted-printable") + blank + as_quoted_printable(body)

    verdict = await judged(TEXT + "Grüße\r\n", change, headers=headers)
    assert verdict.cause == "transfer-encoding"
    assert "from 8bit to quoted-printable" in verdict.cause_reason


async def test_base64_text_made_8bit() -> None:
    headers = HEADERS + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
    encoded = base64.encodebytes((TEXT + "Grüße\r\n").encode()).replace(b"\n", b"\r\n")

    def change(message: bytes) -> bytes:
        head, blank, body = message.partition(b"\r\n\r\n")
        return head.replace(b"base64", b"8bit") + blank + base64.b64decode(body)

    verdict = await judged(encoded, change, headers=headers)
    assert verdict.cause == "transfer-encoding"


async def test_another_character_set() -> None:
    headers = HEADERS + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    change = of_body(lambda b: b.decode().encode("iso-8859-1"))
    verdict = await judged(
        "Grüße\r\n", lambda m: change(m).replace(b"charset=utf-8", b"charset=iso-8859-1"), headers=headers
    )
    assert verdict.cause == "charset"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("quoted-printable", as_quoted_printable("Grüße\r\n".encode())),
        ("base64", base64.b64encode("Grüße\r\n".encode()) + b"\r\n"),
    ],
)
async def test_another_character_set_and_transfer_encoding(encoding: str, written: bytes) -> None:
    headers = HEADERS + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n"

    def change(message: bytes) -> bytes:
        head, blank, _ = message.partition(b"\r\n\r\n")
        head = head.replace(b"iso-8859-1", b"utf-8").replace(b"8bit", encoding.encode())
        return head + blank + written

    body = "Grüße\r\n".encode("iso-8859-1")
    verdict = await judged(
        body, change, headers=headers, h=f"{SIGNED}:content-type:content-transfer-encoding"
    )
    assert verdict.cause == "charset"
    assert f"from iso-8859-1 to utf-8 and re-encoded from 8bit to {encoding}" in verdict.cause_reason
    assert "Content-Transfer-Encoding was changed from “8bit”" in verdict.cause_reason


async def test_both_parts_made_quoted_printable() -> None:
    def change(body: bytes) -> bytes:
        for text in ("Grüße an alle.\r\nBis bald.\r\n", "<p>Grüße an alle.</p>\r\n"):
            body = body.replace(text.encode(), as_quoted_printable(text.encode()))
        return body.replace(b"8bit", b"quoted-printable")

    verdict = await judged(SEVERAL, of_body(change), headers=HEADERS + MULTIPART)
    assert verdict.cause == "transfer-encoding"


async def test_a_footer_in_one_part_and_in_both() -> None:
    def one(body: bytes) -> bytes:
        return body.replace(b"Bis bald.\r\n\r\n--b1", b"Bis bald.\r\n-- \r\nlist footer\r\n\r\n--b1")

    verdict = await judged(SEVERAL, of_body(one), headers=HEADERS + MULTIPART)
    assert verdict.cause == "inserted"
    assert "list footer" in verdict.cause_reason

    def both(body: bytes) -> bytes:
        return one(body).replace(b"</body>", b"<p>list footer</p>\r\n</body>")

    verdict = await judged(SEVERAL, of_body(both), headers=HEADERS + MULTIPART)
    assert verdict.cause == "inserted"
    assert "both" in verdict.cause_reason


async def test_a_part_added_by_a_list() -> None:
    part = b"--b1\r\nContent-Type: text/plain\r\n\r\n____\r\nlist footer\r\n\r\n--b1--\r\n"
    verdict = await judged(
        SEVERAL, of_body(lambda b: b.replace(b"--b1--\r\n", part)), headers=HEADERS + MULTIPART
    )
    assert verdict.cause == "part-added", verdict.cause_reason


async def test_a_plain_message_packed_into_a_multipart() -> None:
    def change(message: bytes) -> bytes:
        head, blank, body = message.partition(b"\r\n\r\n")
        head += b'\r\nContent-Type: multipart/mixed; boundary="b9"'
        inner = b"--b9\r\nContent-Type: text/plain\r\n\r\n" + body
        footer = b"\r\n--b9\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--b9--\r\n"
        return head + blank + inner + footer

    verdict = await judged(TEXT, change)
    assert verdict.cause == "wrapped-in-mime"


@pytest.mark.parametrize("change", [lambda b: b[:-20] + b"\r\n", lambda b: b.replace(b"narrow ", b"")])
async def test_a_body_shorter_than_its_length(change: Callable[[bytes], bytes]) -> None:
    """That it was cut off is not proven by its length: other changes shorten it, too."""
    verdict = await judged(TEXT, of_body(change), l=str(len(TEXT)), c="relaxed/simple")
    assert (verdict.result, verdict.code, verdict.cause) == ("fail", "body-too-short", "")


async def test_what_cannot_be_proven_is_not_told() -> None:
    verdict = await judged(TEXT, of_body(lambda b: b.replace(b"Dear", b"Hello")))
    assert (verdict.code, verdict.cause, verdict.cause_reason) == ("body-hash", "", "")


HEADER_CHANGES: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("subject-changed", lambda m: m.replace(b"Subject: ", b"Subject: [list] "), "[list]"),
    ("subject-changed", lambda m: m.replace(b"Subject: ", b"Subject: ***SPAM*** "), "SPAM"),
    ("subject-changed", lambda m: m.replace(b"Subject: ", b"Subject: EXTERN: "), "EXTERN"),
    (
        "from-rewritten",
        lambda m: m.replace(b"From: Ann <ann@acme.example>", b"X-Original-From: Ann <ann@acme.example>\r\n"
                            b"From: Ann via list <list@list.test>"),
        "X-Original-From",
    ),
    ("header-added", lambda m: m.replace(b"To: ", b"Reply-To: list@list.test\r\nTo: "), "Reply-To"),
    ("header-changed", lambda m: m.replace(b"MIME-Version: 1.0\r\n", b""), "removed"),
    ("header-changed", lambda m: m.replace(b"From: Ann <", b'From: "Ann" <'), "spelling"),
    (
        "subject-changed",
        lambda m: m.replace(b"Subject: ", b"Subject: [list] ").replace(b"To: bob", b"Reply-To: l@list.test\r\nTo: bob"),
        "Reply-To",
    ),
    ("header-changed", lambda m: m.replace(b"+0000\r\nMessage", b"GMT\r\nMessage"), "spelling of Date"),
    ("header-refolded", lambda m: m.replace(b":subject:", b":\r\n subject:", 1), "DKIM-Signature was refolded"),
    ("header-refolded", lambda m: m.replace(b"; bh=", b";\r\n bh=\r\n "), "DKIM-Signature was refolded"),
    ("header-unknown", lambda m: m.replace(b"dinner", b"supper"), "the key is the right one"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "words"), HEADER_CHANGES)
@pytest.mark.parametrize("key", ["rsa2048", "ed25519"])
async def test_what_was_done_to_the_header(
    code: str, change: Callable[[bytes], bytes], words: str, key: str
) -> None:
    verdict = await judged(TEXT, change, key=key)
    assert verdict.code == "signature"
    if key == "ed25519" and code == "header-unknown":  # an Ed25519 signature does not reveal the signed hash
        assert (verdict.cause, verdict.key_matches) == ("", None)
        return
    assert verdict.cause == code, verdict.cause_reason
    assert words in verdict.cause_reason
    assert verdict.key_matches is True


async def test_another_key_is_told_from_a_changed_header() -> None:
    verdict = await judged(TEXT, lambda m: m.replace(b"h=", b"h= "), published="rsa1024")
    assert (verdict.cause, verdict.key_matches) == ("other-key", False)


async def test_a_list_that_changed_header_and_body() -> None:
    def change(message: bytes) -> bytes:
        tagged = message.replace(b"Subject: ", b"Subject: [list] ")
        return tagged + b"____\r\nlist footer\r\n"

    verdict = await judged(TEXT, change)
    assert (verdict.code, verdict.cause) == ("body-and-signature", "appended")
    assert "[list]" in verdict.cause_reason


FOOTER = b"____\r\nlist footer\r\n"
AT_LIST = (
    b"Received: from mail.acme.example (mail.acme.example [192.0.2.1]) by lists.list.test with ESMTP id 1;\r\n"
    b"\tMon, 23 Nov 2026 11:59:01 +0000\r\n"
)
AT_END = (
    b"Received: from lists.list.test (lists.list.test [198.51.100.1]) by mx.dest.example with ESMTP id 2;\r\n"
    b"\tMon, 23 Nov 2026 11:59:03 +0000\r\n"
)
AT_HOME = b"Received: from laptop by mail.acme.example with ESMTPSA id 0; Mon, 23 Nov 2026 11:59:00 +0000\r\n"
GOOD = b"Authentication-Results: lists.list.test; dkim=pass header.d=acme.example header.s=s1\r\n"
BAD = b"Authentication-Results: mx.dest.example; dkim=fail header.d=acme.example header.s=s1\r\n"


@pytest.mark.parametrize(
    ("trace", "hop"),
    [
        (b"", ""),
        (AT_LIST, "one of mail.acme.example, lists.list.test"),
        (AT_END + AT_LIST, "one of lists.list.test, mx.dest.example"),
        (BAD + AT_END + AT_LIST, "lists.list.test"),
        (BAD + AT_END + GOOD + AT_LIST, "lists.list.test"),
        (AT_END + b"List-Id: <talk.list.test>\r\n" + AT_LIST, "lists.list.test"),
        (AT_END + BAD + AT_LIST + GOOD + AT_HOME, "lists.list.test"),
        (BAD + AT_END, "lists.list.test, before mx.dest.example accepted it"),
    ],
)
async def test_the_hop(trace: bytes, hop: str) -> None:
    verdict = await judged(TEXT, lambda m: trace + m + FOOTER)
    assert verdict.cause == "appended"
    assert verdict.cause_hop == hop


async def test_the_signature_of_the_list_bounds_the_hops() -> None:
    def change(message: bytes) -> bytes:
        by_list = craft(AT_LIST + message + FOOTER, d="list.test")
        return AT_END + by_list

    raw = craft(HEADERS.encode() + b"\r\n" + TEXT.encode(), h=SIGNED)
    text = f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048']}"
    chunks = " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
    names = ("s1._domainkey.acme.example.", "s1._domainkey.list.test.")
    keys = zone("\n".join(f"{name} 3600 IN TXT {chunks}" for name in names) + "\n")
    above, own = await dkim_of(change(raw), keys, now=NOW)
    assert above.result == "pass"
    assert (own.cause, own.cause_hop) == ("appended", "lists.list.test")


HOSTILE = {
    "one-line": b"x" * 4_000_000,
    "short-lines": b"a\r\n" * 1_000_000,
    "empty-lines": b"\r\n" * 1_000_000,
    "spaces": b" " * 2_000_000 + b"\r\n",
    "from": b"From \r\n" * 300_000,
    "links": b"https://a.safelinks.protection.outlook.com/?url=a&data=" * 8_000,
    "folds": (b"y" * 950 + b"\r\n ") * 2_000,
    "bounds": b"--b1\r\n" * 200_000,
    "parts": b"--b1\r\n\r\n" * 100_000,
    "qp": b"=\r\n" * 500_000,
    "cr": b"\r" * 1_000_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.once
async def test_hostile_bodies_cost_bounded_time(body: bytes) -> None:
    headers = HEADERS + MULTIPART + "Content-Transfer-Encoding: quoted-printable\r\n"
    signed = craft(headers.encode() + b"\r\n" + b"Hello\r\n", h=SIGNED).replace(b"Hello\r\n", body + b"z\r\n")
    (verdict,) = await dkim_of(signed, resolver(), now=NOW)
    assert verdict.result == "fail"


async def test_hostile_headers_cost_bounded_time() -> None:
    headers = HEADERS + "".join(f"To: {'a, ' * 300}b{i}@x.test\r\n" for i in range(250))
    signed = craft(headers.encode() + b"\r\n" + TEXT.encode(), h=":".join(["from", "subject", *["to"] * 250]))
    (verdict,) = await dkim_of(signed.replace(b"dinner", b"supper"), resolver(), now=NOW)
    assert verdict.cause == "header-unknown"
