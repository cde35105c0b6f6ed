"""Key records are read as intended: single records, records in parts, and aliases."""

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailproof.records.der import declared_octets, other_content, parse_public_key, with_algorithm
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key
from mailproof.records.dkim_material import decode, read_material
from mailproof.records.dkim_plain import plain_key_text
from mailproof.records.dkim_repair import canonical_key, is_key_part, joined_key, repaired_key
from mailproof.records.hostnames import typed_host
from tests.support.dkim import PUBLIC, pem
from tests.support.examples import examples

K, ED = PUBLIC["rsa2048"], PUBLIC["ed25519"]
GOOD = f"v=DKIM1; k=rsa; p={K}"
GOOD_ED = f"v=DKIM1; k=ed25519; p={ED}"
LONG = f"v=DKIM1; k=rsa; p={PUBLIC['rsa4608']}"
ARMOURED = f"-----BEGIN PUBLIC KEY-----\n{K[:64]}\n{K[64:]}\n-----END PUBLIC KEY-----"
BIND = f'( "v=DKIM1; h=sha256; k=rsa; " "p={K[:200]}" "{K[200:]}" )  ; ----- DKIM key s1 for acme.example'


@pytest.mark.parametrize(
    ("written", "codes", "meant"),
    [
        # Only the key, or the key without p=.
        (K, ["bare-key"], GOOD),
        (f"{K[:100]} {K[100:]}", ["bare-key"], GOOD),
        (ARMOURED, ["bare-key"], GOOD),
        (f"v=DKIM1; k=rsa; {K}", ["bare-key"], GOOD),
        (f"v=DKIM1; k=rsa; p=; {K}", ["bare-key"], GOOD),
        (f"k=ed25519; {ED}", ["bare-key"], GOOD_ED),
        (f"v=DKIM1; k=rsa; pp={K}", ["no-public-key"], GOOD),
        (f"v=DKIM1; k=rsa; pubkey={K}", ["no-public-key"], GOOD),
        (f"v=DKIM1; k=rsa {K}", ["punctuation", "bare-key"], GOOD),
        (f"v=DKIM1; k=rsa; p={K[:200]}p={K[200:]}", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p=p={K}", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p={K[:200]}; {K[200:]};", ["not-a-key", "no-equals"], GOOD),
        # Punctuation.
        (f"v=DKIM1, k=rsa, p={K}", ["punctuation"], GOOD),
        (f"v=DKIM1,k=rsa,p={K}", ["punctuation"], GOOD),
        (f"v=DKIM1 k=rsa p={K}", ["punctuation"], GOOD),
        (f"v=DKIM1; k=rsa p={K}", ["punctuation"], GOOD),
        (f"p={K} k=rsa", ["punctuation"], GOOD),
        (f"v:DKIM1; k:rsa; p:{K}", ["punctuation"], GOOD),
        (f"v=DKIM1; k=rsa; p:{K}", ["punctuation"], GOOD),
        (f"v=DKIM1;; k=rsa; p={K}", ["empty-tag"], GOOD),
        (f"; v=DKIM1; k=rsa; p={K}", ["empty-tag"], GOOD),
        ("v=DKIM1, p=", ["punctuation"], "v=DKIM1; p="),
        (f"v=DKIM1; n=my key, k=rsa; p={K}", [], f"v=DKIM1; n=my key, k=rsa; p={K}"),
        # Versions, types and names.
        (f"v=dkim1; k=rsa; p={K}", ["bad-version"], GOOD),
        (f"v=DKIM2; k=rsa; p={K}", ["bad-version"], GOOD),
        (f"v=DKIM1.; k=rsa; p={K}", ["bad-version"], GOOD),
        (f"v=DMARC1; k=rsa; p={K}", ["bad-version"], GOOD),
        (f"DKIM1; k=rsa; p={K}", ["no-equals"], GOOD),
        (f"k=rsa; v=DKIM1; p={K}", ["version-not-first"], GOOD),
        (f"v=DKIM1; k=RSA; p={K}", ["unknown-key-type"], GOOD),
        (f"v=DKIM1; k=rsa-sha256; p={K}", ["unknown-key-type"], GOOD),
        (f"v=DKIM1; k=ed25519-sha256; p={ED}", ["unknown-key-type"], GOOD_ED),
        (f"v=DKIM1; k=ed25519; p={K}", ["wrong-key-type"], GOOD),
        (f"v=DKIM1; p={ED}", ["wrong-key-type"], GOOD_ED),
        (f"V=DKIM1; K=RSA; P={K}", ["tag-case", "tag-case"], GOOD),
        (f"v=DKIM1; k=rsa; k=rsa; p={K}", ["duplicate-tag"], GOOD),
        (f"v=DKIM1; h=SHA256; p={K}", ["no-sha256"], f"v=DKIM1; h=sha256; p={K}"),
        (f"v=DKIM1; s=E-mail; p={K}", ["not-for-email"], f"v=DKIM1; s=email; p={K}"),
        # Extra text pasted with the record.
        (f'"{GOOD}"', ["embedded-quote"], GOOD),
        (f'"{GOOD[:200]}" "{GOOD[200:]}"', ["embedded-quote"], GOOD),
        (f"\u201c{GOOD}\u201d", ["embedded-quote"], GOOD),
        (GOOD.replace(";", "\\;"), ["embedded-backslash"], GOOD),
        (GOOD.replace(";", "\\059").replace(" ", "\\032"), ["embedded-backslash"], GOOD),
        (BIND, ["embedded-quote", "pasted-line"], f"v=DKIM1; h=sha256; k=rsa; p={K}"),
        (f"s1._domainkey 3600 IN TXT {GOOD}", ["pasted-line"], GOOD),
        (f"v=DKIM1; k=rsa; p={ARMOURED}", ["pasted-armour"], GOOD),
        (f"v=DKIM1;\u00a0k=rsa;\u00a0p={K}", ["invisible-character"], GOOD),
        (f"v=DK\u200bIM1; k=rsa; p={K[:9]}\u200b{K[9:]}", ["invisible-character"], GOOD),
        (f"\ufeff{GOOD}", ["invisible-character"], GOOD),
        # Characters altered.
        (f"v=DKIM1; k=rsa; p={K.replace('+', '-').replace('/', '_')}", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p={K.replace('+', '%2B').replace('/', '%2f')}", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p={K.replace('+', ' ')}", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p={K}.", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p='{K}'", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=rsa; p=={K}", ["malformed-base64"], GOOD),
        (f"v=DKIM1; k=ed25519; p={ED.rstrip('=')}", ["malformed-base64"], GOOD_ED),
        (f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519_der']}", ["not-a-key"], GOOD_ED),
        (f"v=DKIM1; p={PUBLIC['ed25519_der']}", ["not-a-key"], GOOD_ED),
        # Parts missing.
        (f"v=DKIM1; k=rsa; p={K[:44]}", ["not-a-key"], ""),
        (f"v=DKIM1; p={K[:43]}", ["malformed-base64"], ""),
        (GOOD[:255], ["malformed-base64"], ""),
        (f"v=DKIM1; k=rsa; p={K.lower()}", ["not-a-key"], ""),
        (f"v=DKIM1; k=ed25519; p={ED.lower()}", ["not-a-key"], ""),
        (f"v=DKIM1; k=rsa; p={K.upper()}", ["not-a-key"], ""),
        (f"v=DKIM1; p={PUBLIC['ec']}", ["wrong-key-type"], ""),
        (f"v=DKIM1; p={K}; p={ED}", ["duplicate-tag"], ""),
        (f"v=DKIM1; k=rsa; p={K[:100]}; p={K[100:]}", ["not-a-key", "duplicate-tag"], GOOD),
        (f"v=DKIM1:k=rsa:p={K}", ["punctuation"], GOOD),
        (f"v=DKIM1; k=rsa; p=<{K}>", ["malformed-base64"], GOOD),
        ("v=DKIM1; k=rsa", ["no-public-key"], ""),
    ],
)
def test_a_record_is_read_as_it_was_meant(written: str, codes: list[str], meant: str) -> None:
    record = parse_dkim_key(written)
    assert [problem.code for problem in record.problems] == codes
    assert repaired_key(written) == meant
    assert looks_like_dkim_key(written)
    if meant and codes:
        again = parse_dkim_key(meant)
        assert again.valid or again.revoked
        assert repaired_key(meant) == meant


@pytest.mark.parametrize("semantic", ["t=y", "h=sha1", "s=tlsrpt", "t=s:y", "n=ours; x=1", "g=user"])
def test_what_the_record_says_is_kept(semantic: str) -> None:
    assert repaired_key(f"v=dkim1; {semantic}; p={K}") == f"v=DKIM1; {semantic}; p={K}"


def test_the_messages_say_what_became_of_the_key() -> None:
    def message(text: str) -> str:
        return next(problem.message for problem in parse_dkim_key(text).problems if problem.fatal)

    assert "177 of its 294 octets; the record has exactly 255 characters" in message(GOOD[:255])
    assert message(GOOD[:300]).endswith("210 of its 294 octets")
    assert "lower case: the key is lost" in message(f"v=DKIM1; p={K.lower()}")
    assert "upper case: the key is lost" in message(f"v=DKIM1; p={K.upper()}")
    (behind,) = parse_dkim_key(f"v=DKIM1; p={K}MTIzNDU2Nzg5").problems
    assert "has 9 octets after the key" in behind.message
    assert "U+200B" in message(f"v=DKIM1; p={K[:9]}\u200b{K[9:]}")
    assert "padding" in message("v=DKIM1; p=QUJD=UFC")


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("head", ["", "v=DKIM1; k=rsa; p="])
@pytest.mark.parametrize("size", [None, 255])
def test_a_private_key_is_told_and_never_published_anew(
    form: PrivateFormat, head: str, size: int | None
) -> None:
    key = load_pem_private_key(pem("rsa2048"), None)
    lines = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode().split("\n")
    text = (head + "".join(lines[1:-2]))[:size]
    assert "private-key" in [problem.code for problem in parse_dkim_key(text).problems]
    assert looks_like_dkim_key(text)
    assert repaired_key(text) == ""
    whole = head + "\n".join(lines)
    assert "private-key" in [problem.code for problem in parse_dkim_key(whole).problems]


def test_a_pkcs1_key_becomes_the_same_key_in_the_usual_form() -> None:
    bare = f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048_pkcs1']}"
    record = parse_dkim_key(bare)
    assert record.valid
    assert [(problem.code, problem.fatal) for problem in record.problems] == [("pkcs1-key", False)]
    assert repaired_key(bare) == GOOD
    raw = decode(PUBLIC["rsa2048_pkcs1"])
    assert raw is not None
    assert with_algorithm(raw) == decode(K)


@pytest.mark.parametrize(
    "written", [K, f"v=DKIM1; p={PUBLIC['rsa2048_pkcs1']}", f"v=DKIM1, p={K.replace('+', '-')}", f'"{GOOD}"']
)
def test_the_same_key_is_known_in_any_form(written: str) -> None:
    assert canonical_key(written) == K
    assert canonical_key(GOOD[:255]) == canonical_key("v=spf1 -all") == ""
    assert canonical_key(f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519_der']}") == ED


def test_what_is_no_key_is_not_taken_for_one() -> None:
    for text in ("v=spf1 -all", "hello", "v=DMARC1; p=none", ED, "MS=ms1234", "", "a=b", K[:100], K[100:]):
        assert not looks_like_dkim_key(text)
        assert repaired_key(text) == ""


@pytest.mark.parametrize(
    ("parts", "meant"),
    [
        ((GOOD[:255], GOOD[255:]), GOOD),
        ((f'"{GOOD[:255]}', f'{GOOD[255:]}"'), GOOD),
        ((GOOD[:255] + ";", GOOD[255:]), GOOD),
        ((GOOD[:255], GOOD[255:] + ";"), GOOD),
        ((GOOD[:255], "p=" + GOOD[255:]), GOOD),
        ((GOOD[:216], f"v=DKIM1; k=rsa; p={GOOD[216:]}"), GOOD),
        (("v=DKIM1; k=rsa;", f"p={K}"), GOOD),
        (("v=DKIM1; k=rsa", f"p={K[:200]}", K[200:]), GOOD),
        (("v=DKIM1; k=rsa; p=", K), GOOD),
        (("v=DKIM1; k=rsa; p=", K[:150], K[150:]), GOOD),
        ((K[:200], K[200:]), GOOD),
        ((LONG[:255], LONG[255:510], LONG[510:]), LONG.replace("\n", "")),
        ((GOOD_ED[:40], GOOD_ED[40:]), GOOD_ED),
        ((GOOD[:255], "v=spf1 -all", GOOD[255:]), GOOD),
        (("v=DKIM1; k=rsa; t=y", f"p={K}"), f"v=DKIM1; k=rsa; t=y; p={K}"),
    ],
)
def test_parts_are_joined_in_either_order(parts: tuple[str, ...], meant: str) -> None:
    for records in (parts, parts[::-1]):
        joined = joined_key(records)
        assert joined is not None
        assert joined.text == meant
        assert set(joined.parts) <= set(records)
        assert "v=spf1 -all" not in joined.parts


def test_all_parts_are_named() -> None:
    joined = joined_key(("v=DKIM1; k=rsa;", f"p={K[:200]}", K[200:]))
    assert joined is not None
    assert len(joined.parts) == 3


@pytest.mark.parametrize(
    "records",
    [
        (GOOD,),
        (GOOD, GOOD[255:]),  # the key is complete, and the other is a stray part
        (GOOD, f"v=DKIM1; k=rsa; p={PUBLIC['rsa1024']}"),
        ("v=DKIM1; p=", f"v=DKIM1, p={K}"),  # revoked, and a key
        ("v=DKIM1; p=", GOOD),
        (GOOD[:255], GOOD[260:]),
        (GOOD[:255], "v=spf1 -all"),
        (K[200:], "v=spf1 -all"),
        (),
    ],
)
def test_what_makes_no_key_is_not_joined(records: tuple[str, ...]) -> None:
    assert joined_key(records) is None
    assert joined_key(records[::-1]) is None


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("s1.domainkey.u123.wl.esp.example", "s1.domainkey.u123.wl.esp.example"),
        ("DKIM.provider.example.", "dkim.provider.example"),
        ('"dkim.provider.example."', "dkim.provider.example"),
        ("CNAME dkim.provider.example.", "dkim.provider.example"),
        ("IN CNAME s1._domainkey.provider.example", "s1._domainkey.provider.example"),
        ("esp.example", "esp.example"),
        ("hello", ""),
        ("192.0.2.1", ""),
        ("two.example three.example", ""),
        ("https://esp.example", ""),
        ("v=DKIM1; p=", ""),
        (f"{'a' * 64}.example", ""),
        ("", ""),
    ],
)
def test_a_typed_alias_is_a_host_name_and_nothing_else(text: str, target: str) -> None:
    assert typed_host(text) == target


def test_a_piece_of_a_key_is_told_from_words() -> None:
    assert is_key_part(K[200:])
    assert is_key_part(f'"{K[200:]}"')
    assert not is_key_part("this is a note for the next administrator")
    assert not is_key_part("20260101000000000000000000")
    assert not is_key_part("google-site-verification=abcdefghijklmn")


def test_der_is_told_by_its_beginning() -> None:
    raw = decode(K)
    assert raw is not None
    assert (other_content(raw[:100]), declared_octets(raw[:100])) == ("cut off", 294)
    assert other_content(raw + b"x") == "too long"
    assert (other_content(b""), other_content(b"\x30"), declared_octets(b"\x30")) == ("", "", 0)
    assert other_content(bytes.fromhex("3082032030820208a003020102")) == "certificate"
    assert "certificate" in read_material("MIIDIDCCAgigAwIBAg==").message


_ALPHABET = st.sampled_from('vkphstngDKIM1=;:, \t"\\()-ABab+/=09\u00a0\u200b\u201c\nBEGIN')


@settings(deadline=None)
@given(st.text(alphabet=_ALPHABET, max_size=160))
def test_nothing_raises_and_places_stay_true(text: str) -> None:
    plain = plain_key_text(text)
    assert len(plain.text) == len(text)
    meant = repaired_key(text)
    assert meant == "" or repaired_key(meant) == meant
    joined_key((text, text[::-1], K[:30]))
    typed_host(text)


@examples(50)
@example(at=61, turned=False)
@example(at=62, turned=True)
@given(st.integers(20, 370), st.booleans())
def test_a_key_is_joined_wherever_it_was_cut(at: int, turned: bool) -> None:
    parts = (GOOD[:at], GOOD[at:])
    joined = joined_key(parts[::-1] if turned else parts)
    assert joined is not None
    assert joined.text == GOOD


@settings(deadline=None)
@given(st.binary(max_size=64))
def test_der_never_raises(raw: bytes) -> None:
    other_content(raw)
    declared_octets(raw)
    parse_public_key(with_algorithm(raw))
