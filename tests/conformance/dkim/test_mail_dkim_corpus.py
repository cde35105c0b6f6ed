"""Mail::DKIM's corpus of 73 messages: our verdicts by current RFCs, our arithmetic by those of its time."""

from __future__ import annotations

import asyncio
import hashlib
import warnings

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from mailproof.auth.dkim import verify_dkim
from mailproof.auth.keys import read_key
from mailproof.message.canonical import canonical_body, header_data
from mailproof.message.crypto import signature_holds
from mailproof.message.reader import read
from mailproof.records.dkim_key import public_key_numbers
from mailproof.records.dkim_signature import DkimSignature, parse_dkim_signature
from mailproof.records.message import HeaderField, RawMessage, parse_message
from tests.conformance import mail_dkim
from tests.conformance.dkim.dkim_corpus import Case, load
from tests.support.dkim import NOW

CASES = load()
SHA1_ONLY = "rsa-sha1 does not count (RFC 8301 section 3.1)"
PRESTANDARD = "signed by a draft: v=1 is demanded (RFC 6376 section 3.5)"
DOMAINKEYS = "a DomainKeys signature (RFC 4870, historic) is no DKIM signature"
#: Where current RFCs require another verdict than Mail::DKIM's, and why: docs/conformance.md explains each.
TODAY: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("good_rfc4871_3", "good_rfc4871_4", "good_1878523", "good_83176", "multiple_2", "good_qp_1",
         "good_qp_2", "good_qp_3", "bad_1878954", "goodkey_1", "goodkey_2", "goodkey_3", "goodkey_4"),
        ("invalid", SHA1_ONLY),
    ),
    **dict.fromkeys(
        ("mine_ietf01_1", "mine_ietf01_2", "mine_ietf01_3", "mine_ietf01_4", "mine_ietf05_1", "good_ietf01_1",
         "good_ietf01_2", "multiple_1", "bad_ietf01_1", "bad_ietf01_2", "bad_ietf01_3", "bad_1", "no_body_1",
         "no_body_2", "no_body_3"),
        ("invalid", PRESTANDARD),
    ),
    **dict.fromkeys(
        ("good_dk_gmail", "good_dk_yahoo", *(f"good_dk_{n}" for n in range(1, 8)), "dk_headers_1",
         "dk_headers_2", "bad_dk_1", "bad_dk_2", "bad_dk_4", "bad_dk_5", "dk_multiple_1"),
        ("none", DOMAINKEYS),
    ),
}  # fmt: skip
_FAILED = ("body-hash", "body-too-short", "signature", "body-and-signature")


async def ours(case: Case) -> str:
    """Our verdict in Mail::DKIM's terms."""
    verdicts = await verify_dkim(read(case.message), case.resolver, now=NOW)
    if any(verdict.result == "pass" for verdict in verdicts):
        return "pass"
    if any(verdict.code in _FAILED for verdict in verdicts):
        return "fail"
    return "invalid" if verdicts else "none"


async def arithmetic(case: Case) -> str:
    """The verdict if drafts and SHA-1 are still accepted: tests canonicalization, hashes and RSA."""
    message = parse_message(case.message)
    results = []
    for field in message.fields("dkim-signature"):
        signature = parse_dkim_signature(field.raw_value.removesuffix(b"\r\n").decode("latin-1"))
        if signature.body_hash and signature.signature and signature.algorithm:
            results.append(await _holds(case, message, field, signature))
    return "pass" if any(results) else "fail" if results else "none"


async def _holds(case: Case, message: RawMessage, field: HeaderField, signature: DkimSignature) -> bool:
    sha1 = signature.algorithm == "rsa-sha1"
    body = canonical_body(message.body, signature.body_canonicalization)[: signature.body_length]
    if hashlib.new("sha1" if sha1 else "sha256", body).digest() != signature.body_hash:
        return False
    key = read_key(await case.resolver.query(signature.key_name, "TXT")).record
    if key is None or key.key_type != signature.key_algorithm:
        return False
    data = header_data(message, field, signature)
    numbers = public_key_numbers(key.public_key)
    if numbers is None:
        return bool(key.text) and not key.revoked and signature_holds(key, data, signature.signature)
    public = RSAPublicNumbers(numbers.exponent, numbers.modulus).public_key()
    try:
        public.verify(signature.signature, data, PKCS1v15(), SHA1() if sha1 else SHA256())
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.wanted != "invalid" and TODAY.get(c.name, ("", ""))[1] != DOMAINKEYS],
    ids=lambda case: case.name,
)
async def test_arithmetic(case: Case) -> None:
    assert await arithmetic(case) == case.wanted


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    if not CASES:
        warnings.warn(mail_dkim.UNAVAILABLE, stacklevel=1)
        pytest.skip(mail_dkim.UNAVAILABLE)
    verdicts = {case: asyncio.run(ours(case)) for case in CASES}
    today = {case: TODAY.get(case.name, (case.wanted, ""))[0] for case in CASES}
    wrong = {case.name: (today[case], got) for case, got in verdicts.items() if got != today[case]}
    same = sum(got == case.wanted for case, got in verdicts.items())
    with capsys.disabled():
        print(
            f"\nMail::DKIM corpus, mailproof: {len(verdicts) - len(wrong)} of {len(verdicts)} "
            f"by the RFCs of today ({same} as its own tests of 2024 want it, {len(verdicts) - same} argued)"
        )
    assert not wrong
    assert len(verdicts) == 73
