"""The tags of signature fields."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof.records.dkim_signature import parse_dkim_signature, without_signature

BASE = {
    "v": "1",
    "a": "rsa-sha256",
    "c": "relaxed/simple",
    "d": "Acme.example",
    "s": "S1",
    "h": "From : To\r\n\t:subject",
    "bh": "AAAA",
    "b": "AA\r\n AA",
}


def text(**changes: str | None) -> str:
    tags = {**BASE, **changes}
    return "; ".join(f"{name}={value}" for name, value in tags.items() if value is not None)


def test_all_tags_are_read() -> None:
    value = text(i="ann@mail.acme.example", l="10", t="1000", x="2000", q="dns/txt:other")
    signature = parse_dkim_signature(value)
    assert signature.problems == ()
    assert signature.key_name == "s1._domainkey.acme.example"
    assert signature.canonicalization == "relaxed/simple"
    assert signature.signed_headers == ("from", "to", "subject")
    assert signature.identity == "ann@mail.acme.example"
    assert signature.identity_domain == "mail.acme.example"
    assert (signature.body_length, signature.timestamp, signature.expires) == (10, 1000, 2000)
    assert signature.signature == b"\0\0\0"


def test_numbers_that_json_would_round_are_bounded() -> None:
    signature = parse_dkim_signature(text(l="9" * 70, t="9" * 12, x="9" * 12))
    assert signature.body_length == 10**15
    assert max(signature.timestamp or 0, signature.expires or 0) < 2**53


def test_defaults() -> None:
    signature = parse_dkim_signature(text(c=None))
    assert signature.canonicalization == "simple/simple"
    assert signature.identity == "@acme.example"
    assert parse_dkim_signature(text(c="relaxed")).canonicalization == "relaxed/simple"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"v": None}, "missing-tag"),
        ({"bh": None}, "missing-tag"),
        ({"d": ""}, "missing-tag"),
        ({"v": "2"}, "bad-version"),
        ({"a": "rsa-md5"}, "unsupported-algorithm"),
        ({"b": "!!"}, "malformed-signature"),
        ({"b": ""}, "malformed-signature"),
        ({"bh": "A"}, "malformed-body-hash"),
        ({"c": "strict"}, "bad-canonicalization"),
        ({"d": "acme example"}, "bad-domain"),
        ({"d": "a..b"}, "bad-domain"),
        ({"s": "-"}, "bad-selector"),
        ({"i": "ann"}, "bad-identity"),
        ({"i": "@other.example"}, "identity-mismatch"),
        ({"i": "@notacme.example"}, "identity-mismatch"),
        ({"h": "to:subject"}, "from-not-signed"),
        ({"q": "http"}, "bad-query-method"),
        ({"l": ""}, "bad-length"),
        ({"l": "-1"}, "bad-length"),
        ({"l": "9" * 80}, "bad-length"),
        ({"t": "now"}, "bad-time"),
        ({"t": "2000", "x": "2000"}, "expires-before-signing"),
    ],
)
def test_faults(changes: dict[str, str | None], code: str) -> None:
    signature = parse_dkim_signature(text(**changes))
    assert signature.fault is not None
    assert signature.fault.code == code


def test_quoted_printable_in_the_identity() -> None:
    assert parse_dkim_signature(text(i="an=2En=40acme.example")).identity == "an.n@acme.example"


def test_an_internationalised_domain_is_asked_for_in_a_labels() -> None:
    value = text(d="b\u00fccher.example", i="@b\u00fccher.example").encode().decode("latin-1")
    signature = parse_dkim_signature(value)
    assert signature.problems[0].code == "non-ascii"
    assert signature.fault is None
    assert signature.domain == "xn--bcher-kva.example"


def test_seals_and_arc_signatures() -> None:
    seal = {"v": None, "c": None, "h": None, "bh": None, "i": "2", "cv": "Pass", "t": "1"}
    signature = parse_dkim_signature(text(**seal), "seal")
    assert signature.fault is None
    assert (signature.instance, signature.chain_validation) == (2, "pass")
    for changes, code in (
        ({**seal, "h": "from"}, "unexpected-tag"),
        ({**seal, "cv": None}, "missing-tag"),
        ({**seal, "cv": "ok"}, "bad-chain-validation"),
        ({**seal, "i": "51"}, "bad-instance"),
        ({**seal, "i": "0"}, "bad-instance"),
    ):
        fault = parse_dkim_signature(text(**changes), "seal").fault
        assert fault is not None
        assert fault.code == code
    fault = parse_dkim_signature(text(v=None, i="1", h="from:arc-seal"), "ams").fault
    assert fault is not None
    assert fault.code == "unexpected-tag"


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (b" a=x; b=AB\r\n CD ; d=e", b" a=x; b=; d=e"),
        (b" a=x; b = AB", b" a=x; b ="),
        (b"b=AB;", b"b=;"),
        (b" bh=AAAA; b=BB; x=1", b" bh=AAAA; b=; x=1"),
    ],
)
def test_the_signature_is_taken_out_of_its_own_field(value: bytes, left: bytes) -> None:
    signature = parse_dkim_signature(value.decode("latin-1"))
    assert without_signature(value, signature.tag("b")) == left


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("vabcdhslitxqrsa-256:;=/@. \r\n\u00fc1"), max_size=150))
def test_nothing_raises(value: str) -> None:
    for kind in ("dkim", "ams", "seal"):
        signature = parse_dkim_signature(value, kind)
        for problem in signature.problems:
            assert 0 <= problem.start <= problem.end <= len(value)
