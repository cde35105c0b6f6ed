# ruff: noqa: E501 (one case a line reads best)
"""Causes of failed signatures: refolded lists, fields that Exchange adds to parts, encoded words."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from mailproof.dns import ZoneResolver
from mailproof.message.forensics.recode import recoded
from mailproof.message.parts import find_parts
from mailproof.model import DkimVerdict
from mailproof.records.dkim_signature import parse_dkim_signature
from tests.support.dkim import MESSAGE, PUBLIC, craft, dkim_of

KEY = f"v=DKIM1; p={PUBLIC['rsa2048']}"
ZONE = f'$ORIGIN acme.example.\ns1._domainkey 300 IN TXT "{KEY[:200]}" "{KEY[200:]}"\n'
LISTED = (
    b"From: a@acme.example\r\nTo: b@dest.example\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 11:59:00 +0000\r\n"
    b"Message-ID: <1@acme.example>\r\nList-Unsubscribe: %s\r\n\r\nHi.\r\n"
)
URL = b"https://acme.example/u/0123456789012345678901234567890123456789"
PARTS = (
    b"From: a@acme.example\r\nTo: b@dest.example\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 11:59:00 +0000\r\n"
    b'Message-ID: <1@acme.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nHi.\r\n"
    b'--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="x.csv"\r\n\r\n1,2\r\n--b--\r\n'
)


async def verdict_on(raw: bytes) -> DkimVerdict:
    (verdict,) = await dkim_of(raw, ZoneResolver.from_text(ZONE))
    return verdict


@pytest.mark.parametrize(
    ("signed", "arrived"),
    [
        (b"<%s>,<mailto:u@acme.example>" % URL, b"<%s>,\r\n <mailto:u@acme.example>" % URL),
        (b"<%s>, <mailto:u@acme.example>" % URL, b"<%s>,<mailto:u@acme.example>" % URL),
        (b"<%s>" % URL, b"<%s\r\n\t%s>" % (URL[:40], URL[40:])),
        (b"<%s>, <mailto:u@acme.example>" % URL, b"<%s\r\n %s>,\r\n <mailto:u@acme.example>" % (URL[:40], URL[40:])),
    ],
    ids=["a blank put in", "a blank taken out", "a URL broken", "a URL broken, and a blank kept"],
)  # fmt: skip
async def test_a_list_that_was_folded_anew(signed: bytes, arrived: bytes) -> None:
    raw = craft(LISTED % signed, h="from:to:subject:date:message-id:list-unsubscribe")
    verdict = await verdict_on(raw.replace(signed, arrived))
    assert (verdict.result, verdict.cause) == ("fail", "header-refolded")
    assert "List-Unsubscribe was refolded" in verdict.cause_reason


EXCHANGE = {
    "Content-ID": (b"text/plain\r\n", b"text/plain\r\nContent-ID: <F5@namprd.prod.outlook.test>\r\n"),
    "Content-Description": (b"text/csv\r\n", b"text/csv\r\nContent-Description:\r\n x.csv\r\n"),
    "Content-Disposition": (b'="x.csv"', b'="x.csv"; size=4;\r\n\tcreation-date="Mon, 23 Nov 2026 11:59:00 GMT"'),
}  # fmt: skip


@pytest.mark.parametrize(
    "names", [("Content-ID",), ("Content-Description",), ("Content-Disposition",), tuple(EXCHANGE)]
)
async def test_fields_that_exchange_adds_to_parts(names: tuple[str, ...]) -> None:
    raw = craft(PARTS)
    for name in names:
        raw = raw.replace(*EXCHANGE[name])
    verdict = await verdict_on(raw)
    assert (verdict.code, verdict.cause) == ("body-hash", "part-header-added")
    assert all(name in verdict.cause_reason for name in names)
    assert "Exchange" in verdict.cause_reason


@pytest.mark.parametrize("form", ["=?utf-8?Q?v=3D1;_a=3Drsa-sha256?=", "\r\n =?us-ascii?B?dj0xOw==?="])
def test_a_signature_in_encoded_words_says_so(form: str) -> None:
    fault = parse_dkim_signature(f" {form}").fault
    assert fault is not None
    assert fault.code == "encoded-words"


def reasons(body: bytes, kind: str, encoding: str = "") -> set[str]:
    parts = find_parts(body, kind, encoding)
    return {reason for code, reason, _ in recoded(body, parts) if code == "transfer-encoding"}


def test_8bit_is_named_only_where_there_was_any() -> None:
    ascii_, text = b"caf=3D 1\r\n", b"caf=C3=A9\r\n"
    assert not any("from 8bit" in each for each in reasons(ascii_, "text/plain", "quoted-printable"))
    assert any("from 7bit" in each for each in reasons(ascii_, "text/plain", "quoted-printable"))
    assert any("from 8bit" in each for each in reasons(text, "text/plain", "quoted-printable"))
    named = b"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHi.\r\n--b--\r\n"
    changed = [each for each in reasons(named, 'multipart/mixed; boundary="b"') if "its text was not" in each]
    assert changed


async def test_a_message_whose_signature_is_in_encoded_words() -> None:
    raw = craft(LISTED % b"<mailto:u@acme.example>")
    name, _, value = raw.partition(b"\r\n")[0].partition(b": ")
    word = base64.b64encode(value).decode()
    mangled = raw.replace(value, f"=?us-ascii?B?{word}?=".encode(), 1)
    verdict = await verdict_on(mangled)
    assert (name, verdict.result, verdict.code) == (b"DKIM-Signature", "permerror", "encoded-words")
    assert "encoded words" in verdict.reason


SIMPLE: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda m: m.replace(b"Subject: Is ", b"Subject: Is\r\n "), "Subject was refolded"),
    (lambda m: m.replace(b"; a=", b";\r\n\ta="), "DKIM-Signature was refolded"),
    (lambda m: m.replace(b"Message-ID: ", b"Message-Id: "), "Message-Id was spelled in another case"),
    (lambda m: m.replace(b"; a=", b";\r\n\ta=").replace(b"Is ", b"Is\r\n "), "header fields were refolded"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), SIMPLE)
async def test_header_fields_written_anew_under_simple_canonicalization(
    change: Callable[[bytes], bytes], words: str
) -> None:
    verdict = await verdict_on(change(craft(MESSAGE, c="simple/simple")))
    assert (verdict.code, verdict.cause) == ("signature", "header-refolded")
    assert words in verdict.cause_reason
    assert (await verdict_on(change(craft(MESSAGE)))).result == "pass"


@pytest.mark.parametrize(
    ("change", "z", "words"),
    [
        (
            lambda m: m.replace(b"charset=ISO-8859-1", b"charset=utf-8").replace(b"g: 8bit", b"g: base64"),
            None,
            "charset=ISO-8859-1”, and Content-Transfer-Encoding was changed from “8bit”",
        ),
        (
            lambda m: m.replace(b"Date: Mon, 23 Nov 2026 11:59:00 +0000\r\n", b""),
            "Date:=20Mon,=2023=20Nov=202026=2011:59:00=20+0000",
            "Date, now removed, was “Mon, 23 Nov 2026 11:59:00 +0000” when it was signed (z=)",
        ),
    ],
)
async def test_fields_of_content_and_recorded_fields(
    change: Callable[[bytes], bytes], z: str | None, words: str
) -> None:
    typed = b"Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n" + MESSAGE
    names = "from:to:subject:date:message-id:content-type:content-transfer-encoding"
    verdict = await verdict_on(change(craft(typed, h=names, z=z)))
    assert (verdict.code, verdict.cause) == ("signature", "header-changed")
    assert words in verdict.cause_reason
