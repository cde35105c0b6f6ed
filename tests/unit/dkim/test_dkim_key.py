"""DKIM key records (RFC 6376 section 3.6.1)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof.records.der import parse_public_key
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key
from tests.support.dkim import PUBLIC

GOOD = f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048']}"


def codes(text: str) -> list[str]:
    return [problem.code for problem in parse_dkim_key(text).problems]


def test_an_ordinary_key() -> None:
    record = parse_dkim_key(GOOD)
    assert record.valid
    assert record.problems == ()
    assert (record.key_type, record.bits, record.revoked, record.testing) == ("rsa", 2048, False, False)
    assert record.services == ("*",)
    assert record.hashes == ()


@pytest.mark.parametrize(
    ("name", "bits"),
    [("rsa1024", 1024), ("rsa2048", 2048), ("rsa2048_pkcs1", 2048), ("rsa4608", 4608)],
)
def test_key_lengths(name: str, bits: int) -> None:
    record = parse_dkim_key(f"p={PUBLIC[name]}")
    assert record.bits == bits
    assert record.valid


def test_an_ed25519_key_is_32_bare_octets() -> None:
    record = parse_dkim_key(f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519']}")
    assert record.valid
    assert record.bits == 256


@pytest.mark.parametrize(
    ("text", "code", "snippet"),
    [
        (f"k=rsa; v=DKIM1; p={PUBLIC['rsa2048']}", "version-not-first", "v=DKIM1"),
        (f"v=DKIM2; p={PUBLIC['rsa2048']}", "bad-version", "v=DKIM2"),
        (f"v=dkim1; p={PUBLIC['rsa2048']}", "bad-version", "v=dkim1"),
        (f"v=DKIM1; k=dsa; p={PUBLIC['rsa2048']}", "unknown-key-type", "k=dsa"),
        ("v=DKIM1; k=rsa; p=MIIB*A==", "malformed-base64", "MIIB*A=="),
        ("v=DKIM1; k=rsa; p=MIIBIjA", "malformed-base64", "MIIBIjA"),
        (f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048'][:200]}", "not-a-key", PUBLIC["rsa2048"][:200]),
        (f"v=DKIM1; p={PUBLIC['ec']}", "wrong-key-type", PUBLIC["ec"]),
        (f"v=DKIM1; p={PUBLIC['ed25519']}", "wrong-key-type", PUBLIC["ed25519"]),
        (f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519_der']}", "not-a-key", PUBLIC["ed25519_der"]),
        (f"v=DKIM1; k=ed25519; p={PUBLIC['rsa2048']}", "wrong-key-type", PUBLIC["rsa2048"]),
        ("v=DKIM1; k=rsa", "no-public-key", "v=DKIM1; k=rsa"),
        (f"v=DKIM1; p={PUBLIC['rsa512']}", "short-key", PUBLIC["rsa512"]),
        (f"v=DKIM1; h=sha1; p={PUBLIC['rsa2048']}", "no-sha256", "h=sha1"),
        (f"v=DKIM1; s=tlsrpt; p={PUBLIC['rsa2048']}", "not-for-email", "s=tlsrpt"),
        (f'v=DKIM1; p={PUBLIC["rsa2048"][:100]}" "{PUBLIC["rsa2048"][100:]}', "embedded-quote", '"'),
        (f"v=DKIM1\\; k=rsa\\; p={PUBLIC['rsa2048']}", "embedded-backslash", "\\"),
        (f'"v=DKIM1; k=rsa; p={PUBLIC["rsa2048"]}"', "embedded-quote", '"'),
        (f"v=DKIM1;; p={PUBLIC['rsa2048']}", "empty-tag", ";;"),
    ],
)
def test_fatal_problems_are_one_each_and_point_at_the_fault(text: str, code: str, snippet: str) -> None:
    record = parse_dkim_key(text)
    assert not record.valid
    assert [problem.code for problem in record.problems] == [code]
    problem = record.problems[0]
    assert problem.fatal
    assert text[problem.start : problem.end] == snippet


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"v=DKIM1; p={PUBLIC['rsa1024']}", "weak-key"),
        (f"v=DKIM1; p={PUBLIC['rsa4608']}", "long-key"),
        (f"v=DKIM1; g=*; p={PUBLIC['rsa2048']}", "obsolete-granularity"),
    ],
)
def test_remarks_leave_the_key_usable(text: str, code: str) -> None:
    record = parse_dkim_key(text)
    assert codes(text) == [code]
    assert record.valid


def test_legal_rarities() -> None:
    record = parse_dkim_key(
        f'v=DKIM1; n="our \\ key"; h=sha1 : sha256; s=email:tlsrpt; t=y:s:x; x=1; p={PUBLIC["rsa2048"]};'
    )
    assert record.problems == ()
    assert record.valid
    assert record.testing
    assert record.strict_identity
    assert record.services == ("email", "tlsrpt")
    assert record.hashes == ("sha1", "sha256")
    assert record.notes == '"our \\ key"'


def test_white_space_inside_the_key_is_allowed() -> None:
    key = PUBLIC["rsa2048"]
    assert parse_dkim_key(f"p={key[:90]} \t{key[90:]}").bits == 2048
    assert codes(f"p={key[:90]}\u00a0{key[90:]}") == ["invisible-character"]


def test_an_empty_p_is_revoked() -> None:
    record = parse_dkim_key("v=DKIM1; p=")
    assert record.revoked
    assert not record.valid
    assert record.problems == ()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (GOOD, True),
        ("p=", True),
        ("v=DKIM1", True),
        ("V=DKIM1; p=x", True),
        ('"v=DKIM1; p=x"', True),
        ("v=DKIM1\\; p=x", True),
        ("k=rsa; t=y; p=x", True),
        ("v=spf1 -all", False),
        ("v=DMARC1; p=none", False),
        ("google-site-verification=abc", False),
        ("", False),
        ("hello", False),
    ],
)
def test_what_was_meant_as_a_key(text: str, answer: bool) -> None:
    assert looks_like_dkim_key(text) is answer


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('vkphstngDKIM1=;: \t"\\rsaed25519ABab+/=\u00a0\x00'), max_size=120))
def test_nothing_raises(text: str) -> None:
    record = parse_dkim_key(text)
    looks_like_dkim_key(text)
    for problem in record.problems:
        assert 0 <= problem.start <= problem.end <= len(text)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_der_never_raises(raw: bytes) -> None:
    parse_public_key(raw)


@settings(deadline=None)
@given(st.integers(0, 293), st.integers(0, 255))
def test_a_changed_octet_never_raises(at: int, value: int) -> None:
    import base64

    raw = bytearray(base64.b64decode(PUBLIC["rsa2048"]))
    raw[at] = value
    found = parse_public_key(bytes(raw))
    assert found is None or found.bits <= 2048 + 8
