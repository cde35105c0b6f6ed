"""Verification of DKIM signatures."""

import asyncio
import contextlib
from datetime import timedelta

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.adapters.dkimpy import sign
from mailproof.auth.arc import verify_arc
from mailproof.errors import MessageError
from mailproof.message.reader import read
from mailproof.model import DkimVerdict, Status
from tests.support.bare_dkimpy import bare_verify
from tests.support.dkim import MESSAGE, NOW, PUBLIC, Tags, craft, dkim_of, pem
from tests.support.examples import examples
from tests.support.resolvers import FailingResolver, zone

NAME = "s1._domainkey.acme.example"
RSA = f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048']}"


def world(*records: str) -> str:
    """A zone with these TXT records at the key's name."""
    lines = []
    for record in records:
        escaped = record.replace("\\", "\\\\").replace('"', '\\"')
        chunks = [escaped[i : i + 200] for i in range(0, len(escaped), 200)] or [""]
        lines.append(f"{NAME}. 3600 IN TXT " + " ".join(f'"{chunk}"' for chunk in chunks))
    return "\n".join(lines) + "\nacme.example. 3600 IN A 192.0.2.1\n"


async def verdicts(message: bytes, *records: str) -> tuple[DkimVerdict, ...]:
    return await dkim_of(message, zone(world(*(records or (RSA,)))), now=NOW)


async def verdict(message: bytes, *records: str) -> DkimVerdict:
    (only,) = await verdicts(message, *records)
    return only


async def test_a_good_signature_passes_with_its_particulars() -> None:
    got = await verdict(craft(MESSAGE, t=int(NOW.timestamp()) - 60, x=int(NOW.timestamp()) + 60))
    assert (got.result, got.code, got.bits) == ("pass", "pass", 2048)
    assert (got.domain, got.selector, got.algorithm) == ("acme.example", "s1", "rsa-sha256")
    assert got.canonicalization == "relaxed/relaxed"
    assert got.signed_headers == ("from", "to", "subject", "date", "message-id")
    assert (got.aligned, got.notes, got.unsigned_bytes) == (None, (), 0)
    assert got.key_lookup is not None
    assert got.key_lookup.name == NAME


async def test_ed25519_passes() -> None:
    got = await verdict(craft(MESSAGE, "ed25519"), f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519']}")
    assert (got.result, got.bits, got.algorithm) == ("pass", 256, "ed25519-sha256")


async def test_an_unsigned_message_has_no_verdicts() -> None:
    assert await verdicts(MESSAGE) == ()


@pytest.mark.parametrize("c", ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed", None])
@pytest.mark.parametrize("key", ["rsa2048", "ed25519"])
async def test_what_dkimpy_signs_verifies(c: str | None, key: str) -> None:
    record = RSA if key == "rsa2048" else f"k=ed25519; p={PUBLIC['ed25519']}"
    head = sign(MESSAGE, "s1", "acme.example", pem(key), canonicalization=c or "simple/simple")
    assert (await verdict(head + MESSAGE, record)).result == "pass"


@pytest.mark.parametrize(
    ("tags", "result", "code"),
    [
        ({"v": None}, "permerror", "missing-tag"),
        ({"v": "2"}, "permerror", "bad-version"),
        ({"bh": None}, "permerror", "missing-tag"),
        ({"d": None}, "permerror", "missing-tag"),
        ({"h": "to:subject"}, "permerror", "from-not-signed"),
        ({"i": "@other.example"}, "permerror", "identity-mismatch"),
        ({"l": ""}, "permerror", "bad-length"),
        ({"q": "http/well-known"}, "permerror", "bad-query-method"),
        ({"c": "nofws"}, "permerror", "bad-canonicalization"),
        ({"a": "rsa-sha1"}, "policy", "sha1"),
        ({"x": int(NOW.timestamp()) - 1}, "fail", "expired"),
        ({"x": 5, "t": 10}, "permerror", "expires-before-signing"),
        ({"s": "s2"}, "permerror", "no-key"),
    ],
)
async def test_faults_of_the_signature(tags: Tags, result: str, code: str) -> None:
    got = await verdict(craft(MESSAGE, **tags))
    assert (got.result, got.code) == (result, code)
    assert len(got.reason) > 20


@pytest.mark.parametrize(
    ("record", "result", "code"),
    [
        ("v=DKIM1; p=", "permerror", "key-revoked"),
        ("", "permerror", "not-a-key-record"),
        ("v=spf1 -all", "permerror", "not-a-key-record"),
        ("v=DKIM1; p=!!!", "permerror", "key-malformed"),
        ("v=DKIM1; k=rsa", "permerror", "key-malformed"),
        (f"v=DKIM1; p={PUBLIC['rsa2048'][:200]}", "permerror", "key-malformed"),
        (f"v=DKIM1; k=dsa; p={PUBLIC['rsa2048']}", "permerror", "unknown-key-type"),
        (f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519']}", "permerror", "key-mismatch"),
        (f"v=DKIM1; s=tlsrpt; p={PUBLIC['rsa2048']}", "permerror", "key-not-for-email"),
        (f"v=DKIM1; h=sha1; p={PUBLIC['rsa2048']}", "permerror", "key-hash-not-allowed"),
        (f"k=rsa; v=DKIM1; p={PUBLIC['rsa2048']}", "permerror", "key-syntax"),
        (f"v=DKIM1; p={PUBLIC['rsa512']}", "policy", "short-key"),
        (f"v=DKIM1; p={PUBLIC['rsa1024']}", "fail", "signature"),
    ],
)
async def test_faults_of_the_key(record: str, result: str, code: str) -> None:
    got = await verdict(craft(MESSAGE), record)
    assert (got.result, got.code) == (result, code)
    assert NAME in got.reason or code == "signature"


async def test_legal_services_and_hashes_are_accepted() -> None:
    got = await verdict(craft(MESSAGE), f"v=DKIM1; s=email:tlsrpt; h=sha1:sha256; p={PUBLIC['rsa2048']}")
    assert got.result == "pass"


async def test_several_keys_are_refused_and_strays_are_not() -> None:
    assert (await verdict(craft(MESSAGE), RSA, f"v=DKIM1; p={PUBLIC['rsa1024']}")).code == "several-keys"
    got = await verdict(craft(MESSAGE), "v=spf1 -all", RSA)
    assert (got.result, got.notes) == ("pass", ("stray-txt",))


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_look_up_is_a_temporary_error(status: Status) -> None:
    resolver = FailingResolver(zone(world(RSA)), {(NAME, "TXT"): status})
    (got,) = await dkim_of(craft(MESSAGE), resolver, now=NOW)
    assert (got.result, got.code) == ("temperror", "key-lookup-failed")


async def test_testing_is_told_and_changes_no_result() -> None:
    got = await verdict(craft(MESSAGE), f"v=DKIM1; t=y; p={PUBLIC['rsa2048']}")
    assert (got.result, got.testing, got.notes) == ("pass", True, ("testing",))
    assert "t=y" in got.reason


async def test_strict_identity() -> None:
    strict = f"v=DKIM1; t=s; p={PUBLIC['rsa2048']}"
    assert (await verdict(craft(MESSAGE, i="@mail.acme.example"), strict)).code == "key-strict-identity"
    assert (await verdict(craft(MESSAGE, i="ann@acme.example"), strict)).result == "pass"
    assert (await verdict(craft(MESSAGE, i="@mail.acme.example"))).result == "pass"


async def test_short_keys_are_remarked_on() -> None:
    got = await verdict(craft(MESSAGE, "rsa1024"), f"v=DKIM1; p={PUBLIC['rsa1024']}")
    assert (got.result, got.bits, got.notes) == ("pass", 1024, ("weak-key",))
    got = await verdict(craft(MESSAGE, "rsa4608"), f"v=DKIM1; p={PUBLIC['rsa4608']}")
    assert (got.result, got.bits, got.notes) == ("pass", 4608, ("long-key",))


async def test_body_and_header_changes_are_told_apart() -> None:
    signed = craft(MESSAGE)
    body = await verdict(signed + b"-- \r\nlist footer\r\n")
    assert (body.result, body.code, body.body_valid, body.signature_valid) == (
        "fail",
        "body-hash",
        False,
        True,
    )
    subject = await verdict(signed.replace(b"Is dinner", b"[list] Is dinner"))
    assert (subject.result, subject.code, subject.body_valid) == ("fail", "signature", True)
    both = await verdict(signed.replace(b"Is dinner", b"[list] Is dinner") + b"footer\r\n")
    assert (both.result, both.code) == ("fail", "body-and-signature")
    unsigned = await verdict(signed.replace(b"\r\n\r\n", b"\r\nX-Added: 1\r\n\r\n", 1))
    assert unsigned.result == "pass"


async def test_what_stands_after_l_is_counted() -> None:
    length = len(MESSAGE.partition(b"\r\n\r\n")[2])
    signed = craft(MESSAGE, l=length, c="relaxed/simple")
    got = await verdict(signed + b"0123456789\r\n")
    assert (got.result, got.unsigned_bytes, got.notes) == ("pass", 12, ("unsigned-body",))
    assert (await verdict(signed)).notes == ("body-length",)
    assert (await verdict(signed[:-20] + b"\r\n")).code == "body-too-short"


async def test_only_headers_leave_the_body_unjudged() -> None:
    headers = craft(MESSAGE).partition(b"\r\n\r\n")[0] + b"\r\n"
    got = await verdict(headers)
    assert (got.result, got.code, got.body_valid, got.signature_valid) == ("neutral", "no-body", None, True)


async def test_a_second_from_is_refused_and_a_second_subject_remarked_on() -> None:
    signed = craft(MESSAGE)
    assert (await verdict(b"From: evil@evil.example\r\n" + signed)).code == "extra-from"
    got = await verdict(b"Subject: You have won\r\n" + signed)
    assert (got.result, got.notes) == ("pass", ("duplicate-signed-header",))
    oversigned = craft(MESSAGE, h="from:from:subject:subject")
    assert (await verdict(b"Subject: You have won\r\n" + oversigned)).code == "signature"


async def test_a_clock_ahead_is_remarked_on() -> None:
    later = int((NOW + timedelta(hours=2)).timestamp())
    got = await verdict(craft(MESSAGE, t=later))
    assert (got.result, got.notes) == ("pass", ("future-timestamp",))


async def test_our_clock_counts_not_the_machines() -> None:
    long_ago = craft(MESSAGE, t=1_000_000, x=1_000_600)
    got = await dkim_of(long_ago, zone(world(RSA)), now=NOW.fromtimestamp(1_000_100, NOW.tzinfo))
    assert got[0].result == "pass"


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE.replace(b"Is dinner", b"Is d\xefnner"),
        MESSAGE.replace(b"Is dinner", "Is dîner".encode()),
        MESSAGE.replace(b"\r\n\r\nHi.", b"\r\n\r\n"),
        MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
        MESSAGE.replace(b"Hi.", b"Hi\x00."),
        MESSAGE.replace(b"Hi.", b"x" * 5000),
    ],
    ids=["latin-1", "utf-8", "blank start", "no body", "nul", "long line"],
)
async def test_odd_messages_verify_with_any_line_ends(message: bytes) -> None:
    for c in ("relaxed/relaxed", "simple/simple"):
        signed = craft(message, c=c)
        assert (await verdict(signed)).result == "pass"
        assert (await verdict(signed.replace(b"\r\n", b"\n"))).result == "pass"


async def test_each_of_several_signatures_is_judged() -> None:
    twice = craft(craft(MESSAGE), "ed25519", s="s2")
    got = await verdicts(twice)
    assert [(v.index, v.code) for v in got] == [(0, "no-key"), (1, "pass")]


async def test_the_number_of_signatures_is_bounded_and_one_key_is_asked_for_once() -> None:
    resolver = FailingResolver(zone(world(RSA)), {})
    line = craft(MESSAGE).partition(b"\r\n")[0] + b"\r\n"
    got = await dkim_of(line * 500 + MESSAGE, resolver, now=NOW)
    assert [v.code for v in got] == ["pass"] * 10 + ["signature-limit"]
    assert "490" in got[-1].reason
    assert resolver.asked == [(NAME, "TXT")]


async def test_ten_thousand_headers_and_a_long_h_take_linear_time() -> None:
    many = b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + MESSAGE
    signed = craft(many, h="from:" + ":".join(["x-none"] * 900))
    assert (await verdict(signed)).result == "pass"


async def test_no_message_is_one_clear_error() -> None:
    with pytest.raises(MessageError):
        await verdicts(b"")


@pytest.mark.parametrize(
    ("message", "record", "bare", "code"),
    [
        (craft(MESSAGE, a="rsa-sha1"), RSA, "pass", "sha1"),
        (craft(MESSAGE), f"h=sha1; p={PUBLIC['rsa2048']}", "pass", "key-hash-not-allowed"),
        (craft(MESSAGE, i="@x.acme.example"), f"t=s; p={PUBLIC['rsa2048']}", "pass", "key-strict-identity"),
        (craft(MESSAGE), f"k=rsa; v=DKIM1; p={PUBLIC['rsa2048']}", "pass", "key-syntax"),
        (craft(MESSAGE), f"s=email:tlsrpt; p={PUBLIC['rsa2048']}", "UnknownKeyTypeError", "pass"),
        (craft(MESSAGE), f"k=ed25519; p={PUBLIC['ed25519']}", "ValueError", "key-mismatch"),
        (craft(MESSAGE, l=""), RSA, "ValueError", "bad-length"),
        (craft(MESSAGE), "p=", "fail", "key-revoked"),
        (craft(MESSAGE), "k=dsa; p=AAAA", "fail", "unknown-key-type"),
        (craft(MESSAGE), "p=!", "fail", "key-malformed"),
        (craft(MESSAGE, h="to"), RSA, "pass", "from-not-signed"),
    ],
)
async def test_faults_of_dkimpy_that_are_mended(message: bytes, record: str, bare: str, code: str) -> None:
    """The third column is the result of unmodified dkimpy."""
    assert bare_verify(message, {NAME: record}) == bare
    assert (await verdict(message, record)).code == code


async def test_dkimpy_tells_neither_a_missing_key_nor_a_short_key_with_a_bad_signature() -> None:
    assert bare_verify(craft(MESSAGE), {}) == "fail"
    assert (await verdict(craft(MESSAGE), "v=spf1 -all")).code == "not-a-key-record"


async def test_what_dkimpy_passes_over_in_silence_is_remarked_on() -> None:
    record = f"v=DKIM1; t=y; p={PUBLIC['rsa2048']}"
    length = len(MESSAGE.partition(b"\r\n\r\n")[2])
    for message, note in (
        (craft(MESSAGE), "testing"),
        (craft(MESSAGE, l=length, c="relaxed/simple") + b"appended\r\n", "unsigned-body"),
        (b"Subject: You have won\r\n" + craft(MESSAGE), "duplicate-signed-header"),
    ):
        assert bare_verify(message, {NAME: record}) == "pass"
        assert note in (await verdict(message, record)).notes


async def test_dkimpy_judges_old_mail_by_the_machines_clock() -> None:
    old = craft(MESSAGE, t=1_000_000, x=1_000_600)
    assert bare_verify(old, {NAME: RSA}) == "ValidationError"
    got = await dkim_of(old, zone(world(RSA)), now=NOW.fromtimestamp(1_000_100, NOW.tzinfo))
    assert got[0].code == "pass"


SIGNED = craft(craft(MESSAGE, t=1, x=9_999_999_999), "ed25519", l=10)


@examples(150)
@given(st.integers(0, len(SIGNED) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_no_damage_to_a_message_raises(at: int, put: bytes, cut: int) -> None:
    damaged = SIGNED[:at] + put + SIGNED[at + cut :]
    with contextlib.suppress(MessageError):  # a NUL before the first field: not a message at all
        asyncio.run(dkim_of(damaged, zone(world(RSA))))
        asyncio.run(verify_arc(read(damaged), zone(world(RSA))))


@pytest.mark.parametrize("listed", ["dkim-signature", "dkim-signature:dkim-signature"])
@pytest.mark.parametrize("before", [MESSAGE, craft(MESSAGE)])
async def test_h_never_names_the_signature_itself(before: bytes, listed: str) -> None:
    """RFC 6376 section 3.5: h= does not include the signature that is verified; dkimpy signs without it."""
    signer = dkim.DKIM(before)
    signer.should_not_sign = set()
    names = [b"from", *listed.encode().split(b":")]
    field = signer.sign(b"s1", b"acme.example", pem("rsa2048"), include_headers=names)
    first, *_ = await verdicts(field + before)
    assert first.result == "pass"


@pytest.mark.parametrize(
    ("length", "words"), [(52, "2 octets at the end are not"), (53, "1 octet at the end is not")]
)
async def test_one_octet_is_singular(length: int, words: str) -> None:
    got = await verdict(craft(MESSAGE, l=length))
    assert words in got.reason
