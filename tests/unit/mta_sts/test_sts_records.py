"""MTA-STS and TLS reporting records and policies: grammar, spans, patterns (RFC 8461, RFC 8460)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.mta_sts import STS, is_sts, parse_sts_record
from mailproof.records.mta_sts_policy import matches, parse_sts_policy, pattern_problem
from mailproof.records.tag_repair import near_miss, repaired
from mailproof.records.tls_rpt import TLS_RPT, is_tls_rpt, parse_tls_rpt

POLICY = "version: STSv1\nmode: enforce\nmx: mail.acme.example\nmx: *.acme.test\nmax_age: 604800\n"


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("v=STSv1; id=20160831085700Z;", "20160831085700Z"),  # section 3.1's own example
        ("v=STSv1;id=a", "a"),
        ("v=STSv1 ; id=1;", "1"),
        ("v=STSv1; id=1; ext=x; ext=y", "1"),
        ("v=STSv1; id=" + "a" * 32, "a" * 32),
    ],
)
def test_valid_records(text: str, identifier: str) -> None:
    record = parse_sts_record(text)
    assert is_sts(text)
    assert (record.valid, record.id) == (True, identifier)


@pytest.mark.parametrize(
    ("text", "code", "snippet"),
    [
        ("v=STSv1;", "missing-id", "v=STSv1;"),
        ("v=STSv1; id=", "invalid-id", "id="),
        ("v=STSv1; id=2020-01-01", "invalid-id", "2020-01-01"),
        ("v=STSv1; id=" + "a" * 33, "invalid-id", "a" * 33),
        ("v=STSv1; id = 1", "invalid-id", "1"),
        ("v=STSv1; id=1; id=2", "duplicate-tag", "id=2"),
        ("v=STSv1;; id=1", "empty-tag", ";;"),
        ("v=STSv1; id=1; hello", "no-equals", "hello"),
        ("v=STSv1; ID=1", "missing-id", "v=STSv1; ID=1"),
        ("v=STSv1; id=é", "invalid-id", "é"),
    ],
)
def test_malformed_records_point_at_the_fault(text: str, code: str, snippet: str) -> None:
    record = parse_sts_record(text)
    assert not record.valid
    found = next(problem for problem in record.problems if problem.code == code)
    assert text[found.start : found.end] == snippet
    assert found.fatal


@pytest.mark.parametrize(
    "text", ["v=stsv1; id=1", "V=STSv1; id=1", "v = STSv1; id=1", "v=STSv1", " v=STSv1; id=1"]
)
def test_what_senders_discard(text: str) -> None:
    assert not is_sts(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"v=STSv1; id=1"', "quotes"),
        ("v=STSv1\\; id=1", "backslash"),
        ("v=stsv1; id=1", "case"),
        (" v=STSv1; id=1", "leading-space"),
        ("\u200bv=STSv1; id=1", "leading-space"),
        ("v=STSv1 id=1", "missing-semicolon"),
        ("v=STSv1, id=1", "missing-semicolon"),
        ("v=STSv2; id=1", "version"),
        ("id=1; v=STSv1", "order"),
        ("Value v=STSv1; id=1", "leading-space"),
        ("key=1 v=STSv1; id=1", "behind"),
        ("v=spf1 -all", ""),
        ("google-site-verification=stsv1", ""),
        ("", ""),
    ],
)
def test_near_misses(text: str, kind: str) -> None:
    assert near_miss(text, STS) == kind


def test_near_misses_are_repaired() -> None:
    for text in ('"v=STSv1; id=1"', "v=STSv1\\; id=1", "v=stsv1; id=1", "v=STSv1 id=1", "id=1; v=STSv1"):
        assert repaired(text, STS) == "v=STSv1; id=1"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_policy_with_either_line_end(end: str) -> None:
    policy = parse_sts_policy(POLICY.replace("\n", end))
    assert policy.problems == ()
    assert (policy.version, policy.mode, policy.max_age) == ("STSv1", "enforce", 604800)
    assert [pattern.text for pattern in policy.mx] == ["mail.acme.example", "*.acme.test"]
    assert [policy.text[each.start : each.end] for each in policy.mx] == ["mail.acme.example", "*.acme.test"]


def test_a_policy_without_final_line_end_or_space_after_the_colon() -> None:
    policy = parse_sts_policy("version:STSv1\nmode:testing\nmx:a.example\nmax_age:0")
    assert (policy.valid, policy.mode, policy.max_age) == (True, "testing", 0)


def test_mode_none_needs_no_mx() -> None:
    assert parse_sts_policy("version: STSv1\nmode: none\nmax_age: 86400\n").valid


@pytest.mark.parametrize(
    ("change", "code", "snippet"),
    [
        (("version: STSv1\n", ""), "missing-version", None),
        (("STSv1", "STSv2"), "invalid-version", "STSv2"),
        (("mode: enforce\n", ""), "missing-mode", None),
        (("enforce", "Enforce"), "invalid-mode", "Enforce"),
        (("enforce", "report"), "invalid-mode", "report"),
        (("max_age: 604800\n", ""), "missing-max-age", None),
        (("604800", "7d"), "invalid-max-age", "7d"),
        (("604800", "-1"), "invalid-max-age", "-1"),
        (("604800", "12345678901"), "invalid-max-age", "12345678901"),
        (("604800", "٣"), "invalid-max-age", "٣"),
        (("mx: mail.acme.example\nmx: *.acme.test\n", ""), "missing-mx", None),
        (("mode: enforce", "mode enforce"), "bad-line", "mode enforce"),
        (("mode: enforce", " mode: enforce"), "bad-key", " mode: enforce"),
    ],
)
def test_policies_that_senders_ignore(change: tuple[str, str], code: str, snippet: str | None) -> None:
    policy = parse_sts_policy(POLICY.replace(*change))
    assert not policy.valid
    found = next(problem for problem in policy.problems if problem.code == code)
    assert found.fatal
    if snippet is not None:
        assert policy.text[found.start : found.end] == snippet


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\ufeff" + POLICY, "bom"),
        (POLICY + "\n", "blank-line"),
        (POLICY.replace("enforce\n", "enforce\r"), "bare-cr"),
        (POLICY + "mode: none\n", "duplicate"),
        (POLICY + "x-note: y\n", "unknown-key"),
        (POLICY.replace("604800", "31557601"), "long-max-age"),
        ("mode: none\n" + POLICY.replace("mode: enforce\n", ""), "first-line"),
        (POLICY + "mx: 192.0.2.1\n", "bad-mx"),
    ],
)
def test_oddities_leave_a_policy_valid(text: str, code: str) -> None:
    policy = parse_sts_policy(text)
    assert policy.valid
    assert code in [problem.code for problem in policy.problems]


def test_of_a_key_given_twice_the_first_counts() -> None:
    assert parse_sts_policy(POLICY + "mode: none\n").mode == "enforce"


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("mail.acme.example", "mail.acme.example", True),
        ("mail.acme.example", "MAIL.acme.example.", True),
        ("mail.acme.example", "mail2.acme.example", False),
        ("*.acme.example", "mx.acme.example", True),
        ("*.acme.example", "a.mx.acme.example", False),  # one label only
        ("*.acme.example", "acme.example", False),
        ("*.acme.example", ".acme.example", False),
        ("*.ACME.example", "mx.acme.example", True),
        (".acme.example", "mx.acme.example", False),
        ("m*.acme.example", "mx.acme.example", False),
        ("*", "mx", False),
        ("192.0.2.1", "192.0.2.1", False),
    ],
)
def test_patterns(pattern: str, host: str, covered: bool) -> None:
    policy = parse_sts_policy(f"version: STSv1\nmode: enforce\nmx: {pattern}\nmax_age: 1\n")
    assert matches(policy.mx[0], host) is covered


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "empty"),
        ("*.", "empty"),
        ("192.0.2.1", "IP address"),
        ("[2001:db8::1]", "IP address"),
        ("a.*.example", "first label"),
        ("**.example", "first label"),
        ("mx.example.", "dot"),
        ("https://mx.example", "single host name"),
        ("10 mx.example", "single host name"),
        ("mx1.example, mx2.example", "single host name"),
        ("mx_1.example", "not a host name"),
        ("-a.example", "not a host name"),
        ("a" * 64 + ".example", "not a host name"),
    ],
)
def test_patterns_that_match_nothing(pattern: str, words: str) -> None:
    assert words in pattern_problem(pattern)


@given(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    for record in (parse_sts_record(text), parse_tls_rpt(text), parse_sts_policy(text)):
        for problem in record.problems:
            assert 0 <= problem.start <= problem.end <= len(text)
    near_miss(text, STS)
    repaired(text, TLS_RPT)


def test_large_policies_are_bounded() -> None:
    text = "mx: a.example\n" * 5000
    policy = parse_sts_policy(text)
    assert len(policy.mx) == 200
    assert {"too-many-lines", "too-many-mx"} <= {problem.code for problem in policy.problems}


@pytest.mark.parametrize(
    "text",
    [
        "v=TLSRPTv1;rua=mailto:reports@example.com",  # section 3.1.1
        "v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt",  # section 3.1.2
        "v=TLSRPTv1; rua=mailto:a@acme.example, https://b.example/;",
        "v=TLSRPTv1; rua=mailto:a@acme.example; rua=mailto:b@acme.example; ext=1",
    ],
)
def test_valid_reporting_records(text: str) -> None:
    assert is_tls_rpt(text)
    record = parse_tls_rpt(text)
    assert record.valid
    assert all(text[uri.start : uri.end] == uri.text for uri in record.rua)


@pytest.mark.parametrize(
    ("text", "code", "fatal"),
    [
        ("v=TLSRPTv1;", "missing-rua", True),
        ("v=TLSRPTv1; rua=", "no-usable-rua", True),
        ("v=TLSRPTv1; rua=reports@acme.example", "no-usable-rua", True),
        ("v=TLSRPTv1; rua=http://acme.example/", "unsupported-scheme", False),
        ("v=TLSRPTv1; rua=mailto:a@acme.example,b@acme.example", "bad-uri", False),
        ("v=TLSRPTv1; ruf=mailto:a@acme.example", "unknown-tag", False),
        ("v=tlsrptv1; rua=mailto:a@acme.example", "no-version", True),
        ("v=TLSRPTv1; rua=mailto:a@acme.example;; x=y", "empty-tag", True),
    ],
)
def test_reporting_records_with_faults(text: str, code: str, fatal: bool) -> None:
    found = next(problem for problem in parse_tls_rpt(text).problems if problem.code == code)
    assert found.fatal is fatal
