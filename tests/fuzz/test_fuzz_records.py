# ruff: noqa: E501 (tokens, as many as fit)
"""Records and header values made of tokens that the parsers look for, and of noise: none raises.

MAILPROOF_FUZZ=10000 runs that many of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproof.records.authentication_results import parse_authentication_results
from mailproof.records.dates import parse_date
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_signature import parse_dkim_signature
from mailproof.records.dmarc import parse_dmarc
from mailproof.records.header_text import decode_words
from mailproof.records.mailboxes import parse_addresses
from mailproof.records.received import parse_received
from mailproof.records.spf import parse_spf
from mailproof.records.spf.macros import parse_macros
from mailproof.records.tags import parse_tags

EXAMPLES = int(os.environ.get("MAILPROOF_FUZZ", "60"))
PARSERS: dict[str, Callable[[str], object]] = {
    "spf": parse_spf,
    "macros": parse_macros,
    "dmarc": parse_dmarc,
    "dkim key": parse_dkim_key,
    "dkim signature": parse_dkim_signature,
    "ams": lambda text: parse_dkim_signature(text, "ams"),
    "seal": lambda text: parse_dkim_signature(text, "seal"),
    "tags": parse_tags,
    "authentication results": parse_authentication_results,
    "received": parse_received,
    "addresses": parse_addresses,
    "words": decode_words,
    "date": parse_date,
}
TOKENS = (
    "v=spf1", "v=DMARC1", "v=DKIM1", "v=1", ";", " ; ", "=", "p=", "p=reject", "k=rsa", "k=ed25519", "h=from:to",
    "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "b=AAAA", "l=", "l=9999999999999999999", "t=-1", "x=1e9",
    "c=relaxed/", "a=rsa-sha256", "d=acme.example", "s=s1", "i=1", "i=@", "cv=none", "q=dns/txt", "include:",
    "a:", "mx/33", "ip4:192.0.2.0/24", "ip6:::/129", "exists:%{i}", "%{d99r+-}", "%", "redirect=", "-all", "?",
    "(", ")", "\\", '"', "<", ">", "@", ",", ":", "[", "]", "[IPv6:::1]", "from", "by", "with ESMTPS", "id", "for",
    "mx.test", "192.0.2.1", "::ffff:192.0.2.1", "dkim=pass", "header.d=x", "policy.=", "reason=", "Mon,",
    "31 Feb 2026", "99:99:99", "+9999", "=?utf-8?q?", "=?x?b?////?=", "?=", "=?utf-8*en?B?4pyT?=", " ", "\t",
    "\r\n ", "\0", "\x7f", "ü", "\u202e", "\ud800", "💌", "xn--", "xn--a", ".", "..", "0", "-", "/", "_", "a" * 300,
)  # fmt: skip
SOUP = st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=6)), max_size=40).map("".join)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=SOUP)
def test_no_parser_raises(name: str, text: str) -> None:
    PARSERS[name](text)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=max(10, EXAMPLES // 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(parts=st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4), times=st.integers(2_000, 20_000))
def test_what_repeats_takes_bounded_time(name: str, parts: list[str], times: int) -> None:
    text = ("".join(parts) * times)[:60_000]
    PARSERS[name](text)  # quadratic time would hit the tests' time limit


@pytest.mark.parametrize("name", ["spf", "dmarc", "dkim key", "dkim signature"])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=SOUP)
def test_problems_point_into_the_record(name: str, text: str) -> None:
    for problem in PARSERS[name](text).problems:  # type: ignore[attr-defined] # every parser here has them
        assert 0 <= problem.start <= problem.end <= len(text), problem
