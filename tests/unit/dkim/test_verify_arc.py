"""Validation of ARC chains (RFC 8617 section 5.2)."""

import pytest

from mailproof.auth.arc import verify_arc
from mailproof.message.reader import read
from mailproof.model import ArcVerdict, Status
from tests.support.bare_dkimpy import bare_arc_verify
from tests.support.dkim import MESSAGE, PUBLIC, seal
from tests.support.resolvers import FailingResolver, zone


def txt(name: str, text: str) -> str:
    return f"{name}. 3600 IN TXT " + " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))


RECORDS = {
    "s1._domainkey.list.example": f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048']}",
    "s1._domainkey.hop.example": f"v=DKIM1; k=rsa; p={PUBLIC['rsa1024']}",
    "ed._domainkey.hop.example": f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519']}",
}
ZONE = "\n".join(txt(name, text) for name, text in RECORDS.items())


async def verdict(message: bytes, **failures: Status) -> ArcVerdict:
    resolver = FailingResolver(
        zone(ZONE), {(f"s1._domainkey.{d}.example", "TXT"): s for d, s in failures.items()}
    )
    return await verify_arc(read(message), resolver)


ONE = seal(MESSAGE, "list.example", "none")
TWO = seal(ONE, "hop.example", "pass", "rsa1024")


async def test_no_chain() -> None:
    got = await verdict(MESSAGE)
    assert (got.result, got.code, got.instance, got.sets) == ("none", "none", 0, ())


async def test_a_chain_of_two_agrees_with_dkimpy() -> None:
    got = await verdict(TWO)
    assert (got.result, got.code, got.instance, got.oldest_pass) == ("pass", "pass", 2, 1)
    assert [(s.domain, s.chain_validation, s.seal_valid, s.signature_valid) for s in got.sets] == [
        ("list.example", "none", True, True),
        ("hop.example", "pass", True, True),
    ]
    assert bare_arc_verify(TWO, RECORDS) == "pass"


async def test_a_change_between_the_hops_is_seen_and_allowed() -> None:
    changed = seal(ONE + b"-- \r\nfooter\r\n", "hop.example", "pass", "rsa1024")
    got = await verdict(changed)
    assert (got.result, got.oldest_pass) == ("pass", 2)
    assert [s.signature_valid for s in got.sets] == [False, True]
    assert "body was changed" in got.sets[0].reason


async def test_a_change_after_the_last_seal_fails() -> None:
    got = await verdict(TWO + b"footer\r\n")
    assert (got.result, got.code) == ("fail", "message-signature")
    assert "hop.example" in got.reason
    assert "body was changed" in got.reason


async def test_a_broken_old_seal_fails_and_names_its_sealer() -> None:
    got = await verdict(TWO.replace(b"i=1; mx.list.example; spf=pass", b"i=1; mx.list.example; spf=fail"))
    assert (got.result, got.code, got.broken_by) == ("fail", "seal", "list.example")


async def test_a_reported_failure_is_a_failure_where_dkimpy_says_none() -> None:
    reported = seal(ONE, "hop.example", "fail", "rsa1024")
    got = await verdict(reported)
    assert (got.result, got.code) == ("fail", "reported-fail")
    assert bare_arc_verify(reported, RECORDS) == "none"


async def test_ed25519_chains_are_accepted_where_dkimpy_refuses_them() -> None:
    sealed = seal(ONE, "hop.example", "pass", "ed25519", "ed")
    assert (await verdict(sealed)).result == "pass"
    assert bare_arc_verify(sealed, RECORDS) == "fail"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (seal(MESSAGE, "list.example", "pass"), "chain-validation"),
        (seal(ONE, "hop.example", "none", "rsa1024"), "chain-validation"),
        (seal(MESSAGE, "list.example", "none", as_i="2"), "structure"),
        (seal(MESSAGE, "list.example", "none", as_h="from"), "structure"),
        (seal(MESSAGE, "list.example", "none", as_cv="maybe"), "structure"),
        (seal(MESSAGE, "list.example", "none", as_i="99"), "structure"),
        (seal(MESSAGE, "list.example", "none", ams_h="from:arc-seal"), "structure"),
        (b"ARC-Authentication-Results: i=1; x\r\n" + ONE, "structure"),
        (b"ARC-Authentication-Results: i=3; x\r\n" + ONE, "structure"),
        (b"ARC-Seal: nonsense\r\n" + MESSAGE, "structure"),
        (TWO.partition(b"\r\n")[2], "structure"),
        (seal(MESSAGE, "list.example", "none", as_s="s9"), "seal"),
        (seal(MESSAGE, "list.example", "none", ams_s="s9"), "message-signature"),
        (seal(MESSAGE, "list.example", "none", ams_bh="AAAA"), "message-signature"),
    ],
)
async def test_broken_chains(message: bytes, code: str) -> None:
    got = await verdict(message)
    assert (got.result, got.code) == ("fail", code)
    assert got.reason


@pytest.mark.parametrize("status", ["servfail", "timeout"])
async def test_a_failed_key_look_up_is_a_temporary_error(status: Status) -> None:
    got = await verdict(TWO, list=status)
    assert (got.result, got.code) == ("temperror", "key-lookup-failed")
    assert "s1._domainkey.list.example" in got.reason
    assert [s.seal_valid for s in got.sets] == [None, True]


async def test_only_headers_leave_the_chain_unjudged() -> None:
    got = await verdict(TWO.partition(b"\r\n\r\n")[0] + b"\r\n")
    assert (got.result, got.code) == ("neutral", "no-body")


async def test_thousands_of_sets_are_bounded() -> None:
    many = b"".join(
        b"ARC-Seal: i=%d; a=rsa-sha256; cv=none; d=x.example; s=s; b=AAAA\r\n" % n for n in range(5000)
    )
    got = await verdict(many + MESSAGE)
    assert (got.result, got.code) == ("fail", "structure")
    assert len(got.sets) <= 50


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (ONE.replace(b"i=1;", b"i=51;"), "i=51: a chain has at most 50 sets"),
        (ONE.replace(b"ARC-Seal: ", b"X-Seal: "), "the ARC-Seal of instance 1 is missing"),
    ],
)
async def test_a_fault_in_the_structure_is_named(message: bytes, reason: str) -> None:
    assert (await verdict(message)).reason.endswith(reason)


async def test_a_key_that_both_fields_lack_is_named_once() -> None:
    (only,) = (await verdict(seal(MESSAGE, "keyless.example", "none"))).sets
    assert only.reason == "s1._domainkey.keyless.example does not exist"
