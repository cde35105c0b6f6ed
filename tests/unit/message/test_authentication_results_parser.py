# ruff: noqa: E501 (headers are quoted as they are)
"""Authentication-Results and Received-SPF in the dialects found in practice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.model import AuthMethod, AuthProperty
from mailproof.records.authentication_results import parse_authentication_results, parse_received_spf


def only(value: str) -> AuthMethod:
    (method,) = parse_authentication_results(value).methods
    return method


def test_comments_everywhere_as_in_rfc8601_appendix_b7() -> None:
    value = (
        "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail "
        "policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't) 1362471462"
    )
    parsed = parse_authentication_results(value)
    assert (parsed.authserv_id, parsed.problem, parsed.raw) == ("foo.example.net", "", value)
    (method,) = parsed.methods
    assert (method.method, method.result) == ("dkim", "fail")
    assert method.properties == (AuthProperty("policy", "expired", "1362471462"),)


def test_gmail() -> None:
    parsed = parse_authentication_results(
        'mx.google.test; dkim=pass header.i=@acme.example header.s=s1 header.b="abc/+=";'
        " spf=pass (google.test: domain of x; designates 192.0.2.1 as permitted sender)"
        ' smtp.mailfrom="a b"@acme.example; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=acme.example'
    )
    assert [(m.method, m.result) for m in parsed.methods] == [
        ("dkim", "pass"),
        ("spf", "pass"),
        ("dmarc", "pass"),
    ]
    assert parsed.methods[0].properties[2] == AuthProperty("header", "b", "abc/+=")
    assert parsed.methods[1].properties == (AuthProperty("smtp", "mailfrom", "a b@acme.example"),)
    assert parsed.methods[2].comment == "p=NONE sp=NONE dis=NONE"


def test_microsoft_without_authserv_id() -> None:
    parsed = parse_authentication_results(
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.example; dkim=none (message not signed) header.d=none;"
        "dmarc=bestguesspass action=none header.from=acme.example;compauth=pass reason=109"
    )
    assert parsed.authserv_id == ""
    assert "no authserv-id" in parsed.problem
    assert [m.result for m in parsed.methods] == ["pass", "none", "bestguesspass", "pass"]
    assert parsed.methods[2].properties[0] == AuthProperty("", "action", "none")
    assert parsed.methods[3].reason == "109"


@pytest.mark.parametrize("value", ["example.com 1; none", "example.com; none", "example.com", "example.com;"])
def test_none_is_no_method(value: str) -> None:
    parsed = parse_authentication_results(value)
    assert (parsed.authserv_id, parsed.methods, parsed.problem) == ("example.com", (), "")


def test_unknown_version_quoted_id_reason_and_empty_value() -> None:
    assert "version" in parse_authentication_results("example.com 7; none").problem
    parsed = parse_authentication_results(
        '"quoted = id"; spf=pass smtp.mailfrom=; dkim=fail reason="bad; signature"'
    )
    assert parsed.authserv_id == "quoted = id"
    assert parsed.methods[0].properties == (AuthProperty("smtp", "mailfrom", ""),)
    assert parsed.methods[1].reason == "bad; signature"


def test_arc_instance_policy_properties_and_iprev() -> None:
    assert parse_authentication_results("i=2; mx.test; arc=none").authserv_id == "mx.test"
    method = only("mx.test; iprev=pass policy.iprev=192.0.2.1 (h.test)")
    assert method.properties == (AuthProperty("policy", "iprev", "192.0.2.1"),)


def test_verp_senders_keep_their_equals_signs() -> None:
    assert only("mx.test; spf=pass smtp.mailfrom=b+1=bob=rcpt.test@esp.example").properties == (
        AuthProperty("smtp", "mailfrom", "b+1=bob=rcpt.test@esp.example"),
    )


@pytest.mark.parametrize("value", ["mx.test; rubbish", "mx.test; spf=", "mx.test; =pass", "", ";;;"])
def test_what_is_no_result_is_a_problem(value: str) -> None:
    parsed = parse_authentication_results(value)
    assert parsed.problem
    assert parsed.methods == ()


def test_received_spf() -> None:
    parsed = parse_received_spf(
        "SoftFail (mx.test: transitioning) identity=mailfrom; client-ip=192.0.2.1; helo=mail.acme.example;"
        ' envelope-from="x@acme.example"; receiver=mx.rcpt.test'
    )
    assert parsed.authserv_id == "mx.rcpt.test"
    (method,) = parsed.methods
    assert (method.method, method.result, method.comment) == ("spf", "softfail", "mx.test: transitioning")
    assert AuthProperty("smtp", "mailfrom", "x@acme.example") in method.properties
    assert AuthProperty("policy", "client-ip", "192.0.2.1") in method.properties
    assert parse_received_spf("").problem


@pytest.mark.parametrize(
    "junk",
    ["(" * 10**6, '"' * 10**6, ";" * 10**6, "a=b " * 10**5, ". " * 10**6, "=" * 10**6],
    ids=["comments", "quotes", "semicolons", "pairs", "dots", "equals"],
)
def test_hostile_values_take_bounded_time(junk: str) -> None:
    parse_authentication_results(junk)
    parse_authentication_results("mx.test; spf=pass " + junk)
    parse_received_spf(junk)


@given(st.text(alphabet='abc=;./ ()"\\@1\t', max_size=120))
def test_nothing_raises(text: str) -> None:
    assert parse_authentication_results(text).raw == text
    assert parse_received_spf(text).raw == text


def test_amazon_writes_the_keys_of_received_spf_behind_semicolons() -> None:
    parsed = parse_authentication_results(
        "amazonses.com; spf=pass (spfCheck: ok) client-ip=192.0.2.10; envelope-from=a@acme.example; "
        "helo=mail.acme.example; dkim=pass header.i=@acme.example; dmarc=pass header.from=acme.example;"
    )
    assert [m.method for m in parsed.methods] == ["spf", "dkim", "dmarc"]
    assert [f"{p.ptype}.{p.name}={p.value}" for p in parsed.methods[0].properties] == [
        "policy.client-ip=192.0.2.10",
        "smtp.mailfrom=a@acme.example",
        "smtp.helo=mail.acme.example",
    ]


def test_results_that_are_encoded_words_throughout() -> None:
    found = parse_authentication_results(
        "=?utf-8?q?spf=3Dpass_=28sender_IP_is_192=2E0=2E2=2E10=29?= "
        "=?utf-8?q?_smtp=2Emailfrom=3Dm=C3=BCller=2Eexample=3B_dkim=3Dnone?="
    )
    spf, dkim = found.methods
    assert (spf.result, spf.comment, spf.value_of("mailfrom")) == (
        "pass",
        "sender IP is 192.0.2.10",
        "müller.example",
    )
    assert dkim.result == "none"
    partly = parse_authentication_results('mx.test; spf=pass reason="=?utf-8?q?a=3Bb?="')
    assert len(partly.methods) == 1


def test_yahoos_old_from_is_no_method() -> None:
    found = parse_authentication_results(
        "mta1.mail.bf1.yahoo.com  from=acme.example; domainkeys=neutral (no sig);  from=acme.example; dkim=pass (ok)"
    )
    assert found.authserv_id == "mta1.mail.bf1.yahoo.com"
    assert [(each.method, each.result) for each in found.methods] == [
        ("domainkeys", "neutral"),
        ("dkim", "pass"),
    ]
    assert [each.value_of("from") for each in found.methods] == ["acme.example", "acme.example"]
