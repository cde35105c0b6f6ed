"""Signing with dkimpy."""

import pytest

from mailproof.adapters.dkimpy import sign
from mailproof.errors import UsageError
from mailproof.records.dkim_signature import DkimSignature, parse_dkim_signature
from mailproof.records.message import parse_message
from tests.support.dkim import MESSAGE, NOW, PUBLIC, dkim_of, pem
from tests.support.resolvers import zone


def signed(**options: object) -> DkimSignature:
    field = sign(MESSAGE, "s1", "acme.example", pem("rsa2048"), **options)  # type: ignore[arg-type] # keywords by their names
    return parse_dkim_signature(parse_message(field + MESSAGE).fields("dkim-signature")[0].value)


def test_what_is_there_is_signed_and_from_once_more() -> None:
    got = signed()
    assert sorted(got.signed_headers) == sorted(("from", "to", "subject", "date", "message-id", "from"))
    assert (got.domain, got.selector, got.canonicalization) == ("acme.example", "s1", "relaxed/relaxed")
    assert got.algorithm == "rsa-sha256"


def test_one_click_unsubscribing_is_signed() -> None:
    post = (
        b"List-Unsubscribe: <https://acme.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    field = sign(post + MESSAGE, "s1", "acme.example", pem("rsa2048"))
    names = parse_dkim_signature(parse_message(field + MESSAGE).first("dkim-signature")).signed_headers
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(names)


def test_options() -> None:
    got = signed(headers=("from",), oversign=("from", "subject"), length=True, identity="x@acme.example")
    assert got.signed_headers == ("from", "subject", "from", "subject")
    assert got.body_length is not None
    assert got.identity == "x@acme.example"


async def test_oversigning_keeps_a_second_subject_out() -> None:
    field = sign(MESSAGE, "s1", "acme.example", pem("ed25519"), oversign=("from", "subject"))
    resolver = zone(f's1._domainkey.acme.example. IN TXT "k=ed25519; p={PUBLIC["ed25519"]}"\n')
    (good,) = await dkim_of(field + MESSAGE, resolver, now=NOW)
    (bad,) = await dkim_of(b"Subject: You have won\r\n" + field + MESSAGE, resolver, now=NOW)
    assert (good.result, bad.code) == ("pass", "signature")


@pytest.mark.parametrize("key", [b"", b"no key", pem("rsa2048")[:200]])
def test_a_bad_key_is_one_clear_error(key: bytes) -> None:
    with pytest.raises(UsageError, match="PEM"):
        sign(MESSAGE, "s1", "acme.example", key)


def test_options_that_cannot_be() -> None:
    sign(MESSAGE, "s1", "acme.example", pem("rsa2048"), oversign=())  # From is always signed
    with pytest.raises(UsageError, match="cannot be signed"):
        sign(MESSAGE, "s1", "acme.example", pem("rsa2048"), identity="x@other.example")
    with pytest.raises(UsageError, match="ed25519-sha256"):
        sign(MESSAGE, "s1", "acme.example", pem("rsa2048"), algorithm="ed25519-sha256")
