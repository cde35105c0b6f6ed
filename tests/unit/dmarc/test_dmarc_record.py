"""DMARC records: the grammar of RFC 9989 section 4.8 and the rules of 4.10.1 for missing tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.dmarc import is_dmarc, parse_dmarc, softened
from mailproof.records.dmarc_text import near_miss, repaired, rewritten


def codes(text: str) -> list[str]:
    return [problem.code for problem in parse_dmarc(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        "v=DMARC1",
        "v=DMARC1;",
        "v = DMARC1 ; p = reject",
        "v=DMARC1;p=none",
        "V=DMARC1; p=none",
    ],
)
def test_these_begin_as_dmarc(text: str) -> None:
    assert is_dmarc(text)
    assert near_miss(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("v=dmarc1; p=none", "case"),
        ("v=Dmarc1;p=none", "case"),
        (" v=DMARC1; p=none", "leading-space"),
        ("\u00a0v=DMARC1; p=none", "leading-space"),
        ("v=DMARC1 p=none", "missing-semicolon"),
        ("v=DMARC1, p=none", "missing-semicolon"),
        ("v=DMARC1\\; p=none", "backslash"),
        ('"v=DMARC1; p=none"', "quotes"),
        ("\u201cv=DMARC1; p=none\u201d", "quotes"),
        ("p=none; v=DMARC1", "order"),
        ("v=DMARC2; p=none", "version"),
        ("v=DMARC; p=none", "version"),
        ("v=spf1 -all", ""),
        ("google-site-verification=DMARC1", ""),
        ("", ""),
    ],
)
def test_near_misses_are_told_apart(text: str, why: str) -> None:
    assert not is_dmarc(text)
    assert near_miss(text) == why


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("v=dmarc1; p=none", "v=DMARC1; p=none"),
        ('"v=DMARC1; p=reject; rua=mailto:a@acme.example"', "v=DMARC1; p=reject; rua=mailto:a@acme.example"),
        ("v=DMARC1\\; p=none\\; sp=reject", "v=DMARC1; p=none; sp=reject"),
        ("v=DMARC1 p=none rua=mailto:a@acme.example", "v=DMARC1; p=none; rua=mailto:a@acme.example"),
        ("p=quarantine; v=DMARC1", "v=DMARC1; p=quarantine"),
        (" v=DMARC1; p=none", "v=DMARC1; p=none"),
    ],
)
def test_near_misses_are_mended(text: str, mended: str) -> None:
    assert repaired(text) == mended
    assert parse_dmarc(mended).valid


def test_a_full_record() -> None:
    text = "v=DMARC1; p=Reject; sp=quarantine; np=reject; adkim=s; aspf=S; fo=1:d; psd=n; t=y; "
    text += "rua=mailto:a@b.example"
    record = parse_dmarc(text)
    assert record.problems == ()
    assert (record.p, record.sp, record.np) == ("reject", "quarantine", "reject")
    assert (record.adkim, record.aspf, record.psd, record.testing) == ("s", "s", "n", True)
    assert record.fo == ("1", "d")
    assert record.rua[0].address == "a@b.example"
    assert text[record.rua[0].start : record.rua[0].end] == "mailto:a@b.example"


def test_p_none_is_not_found_inside_sp_none() -> None:
    record = parse_dmarc("v=DMARC1; sp=none; p=reject")
    assert (record.p, record.sp) == ("reject", "none")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("v=DMARC1", "missing-policy"),
        ("v=DMARC1; p=block", "invalid-policy"),
        ("v=DMARC1; p=reject; sp=block", "invalid-subdomain-policy"),
        ("v=DMARC1; p=reject; np=", "invalid-nonexistent-policy"),
    ],
)
def test_a_bad_policy_is_no_dmarc_at_all_without_rua_and_none_with_it(text: str, code: str) -> None:
    bare = parse_dmarc(text)
    assert not bare.valid
    assert bare.p is None
    assert code in codes(text)
    reported = parse_dmarc(text + "; rua=mailto:dmarc@acme.example")
    assert reported.valid
    assert (reported.p, reported.sp, reported.np) == ("none", None, None)
    invalid_rua = parse_dmarc(text + "; rua=dmarc@acme.example")
    assert not invalid_rua.valid


def test_removed_tags_are_ignored_and_not_fatal() -> None:
    record = parse_dmarc("v=DMARC1; p=reject; pct=50; rf=afrf; ri=86400")
    assert record.valid
    assert record.p == "reject"
    assert [p.code for p in record.problems] == ["removed-tag"] * 3


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fo=x", "invalid-fo"),
        ("fo=0:1", "invalid-fo"),
        ("fo=d:d", "invalid-fo"),
        ("adkim=strict", "invalid-alignment"),
        ("psd=yes", "invalid-psd"),
        ("t=1", "invalid-test"),
        ("xyz=1", "unknown-tag"),
        ("p=none", "duplicate-tag"),
        ("rubbish", "no-equals"),
        ("rua=mailto:a@acme.example!10m", "obsolete-size"),
        ("rua=ftp://acme.example", "unsupported-scheme"),
    ],
)
def test_other_faults_are_dropped_for_the_default(tag: str, code: str) -> None:
    text = f"v=DMARC1; p=reject; {tag}"
    record = parse_dmarc(text)
    assert record.valid
    assert record.p == "reject"
    assert code in codes(text)
    problem = next(p for p in record.problems if p.code == code)
    assert 0 <= problem.start < problem.end <= len(text)
    assert record.fo == ("0",)
    assert (record.adkim, record.psd, record.testing) == ("r", "u", False)


@pytest.mark.parametrize("fo", ["0", "1", "d", "s", "0:d:s", "d:s:1", "d:1:s", "d:s"])
def test_legal_failure_options(fo: str) -> None:
    assert codes(f"v=DMARC1; p=none; ruf=mailto:a@acme.example; fo={fo}") == []


@pytest.mark.parametrize(
    ("uri", "bad"),
    [
        ("mailto:a@acme.example", False),
        ("MAILTO:a@acme.example?subject=x", False),
        ("mailto:a%2Bb@acme.example", False),
        ("https://acme.example/dmarc", False),
        ("a@acme.example", True),
        ("mailto:acme.example", True),
        ("mailto:@acme.example", True),
        ("mailto:a@b@acme.example", True),
        ("mailto:mailto:a@acme.example", True),
        ("mailto: a@acme.example", True),
        ("mailto:a@-.example", True),
        ("https://[bad", True),
        ("", True),
    ],
)
def test_report_uris(uri: str, bad: bool) -> None:
    record = parse_dmarc(f"v=DMARC1; p=none; rua={uri}, mailto:z@acme.example")
    assert [bool(one.problem) for one in record.rua] == [bad, False]
    assert ("bad-uri" in [p.code for p in record.problems]) is bad


def test_rewriting_keeps_the_rest_as_it_was() -> None:
    record = parse_dmarc("v=DMARC1; p=none; pct=50; rua=mailto:a@acme.example; x=1")
    assert rewritten(record, drop=("pct",)) == "v=DMARC1; p=none; rua=mailto:a@acme.example; x=1"
    assert rewritten(record, changes=(("p", "reject"), ("sp", "none"))).startswith(
        "v=DMARC1; p=reject; sp=none;"
    )
    assert rewritten(parse_dmarc("v=DMARC1; rua=mailto:a@acme.example"), changes=(("p", "none"),)) == (
        "v=DMARC1; p=none; rua=mailto:a@acme.example"
    )


def test_testing_is_one_level_softer() -> None:
    assert [softened(p, True) for p in ("none", "quarantine", "reject")] == ["none", "none", "quarantine"]
    assert softened("reject", False) == "reject"


@given(st.text(max_size=300) | st.text(alphabet='vDMARC1=; ps\\"rua:mailto@,!np', max_size=200))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    for candidate in (text, "v=DMARC1;" + text):
        record = parse_dmarc(candidate)
        assert record.text == candidate
        for problem in record.problems:
            assert 0 <= problem.start <= problem.end <= len(candidate)
        assert is_dmarc(repaired(candidate) or "v=DMARC1")
        near_miss(candidate)


def test_a_huge_record_is_bounded() -> None:
    record = parse_dmarc("v=DMARC1; p=none; rua=" + ",".join(["mailto:a@acme.example"] * 5000))
    assert len(record.rua) == 50
    assert record.valid
