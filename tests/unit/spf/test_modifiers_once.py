"""RFC 7208 section 6: redirect and exp at most once each, else permerror; unknown modifiers are ignored."""

from __future__ import annotations

import pytest

import mailproof
from mailproof.records.spf import parse_spf
from tests.support.resolvers import zone

WORLD = """$ORIGIN acme.example.
@ IN TXT "{}"
why IN TXT "because"
a IN TXT "v=spf1 ip4:192.0.2.1 -all"
b IN TXT "v=spf1 ip4:192.0.2.2 -all"
"""


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 redirect=a.acme.example", "pass"),
        ("v=spf1 redirect=b.acme.example", "fail"),
        ("v=spf1 redirect=a.acme.example redirect=b.acme.example", "permerror"),
        ("v=spf1 redirect=a.acme.example redirect=a.acme.example", "permerror"),
        ("v=spf1 redirect=a.acme.example REDIRECT=b.acme.example", "permerror"),
        # A syntax error counts before any mechanism is evaluated (section 4.6).
        ("v=spf1 ip4:192.0.2.1 redirect=a.acme.example redirect=b.acme.example -all", "permerror"),
        ("v=spf1 exp=why.acme.example exp=why.acme.example -all", "permerror"),
        ("v=spf1 exp=why.acme.example -all", "fail"),
        ("v=spf1 moo=1 moo=2 -all", "fail"),
        # redirect is not used if a mechanism matches, nor if the record has an all (section 6.1).
        ("v=spf1 ip4:192.0.2.1 redirect=b.acme.example", "pass"),
        ("v=spf1 ?all redirect=a.acme.example", "neutral"),
        ("v=spf1 redirect=a.acme.example ?all", "neutral"),
        # A redirect to a name without a record gives permerror, and so does an include (sections 5.2, 6.1).
        ("v=spf1 redirect=none.acme.example", "permerror"),
        ("v=spf1 include:none.acme.example -all", "permerror"),
        # A fail within an include is no match there (section 5.2).
        ("v=spf1 include:b.acme.example ~all", "softfail"),
        ("v=spf1 -include:a.acme.example +all", "fail"),
        ("v=spf1", "neutral"),
    ],
)
def test_the_result(record: str, result: str) -> None:
    found = mailproof.check_host(
        "192.0.2.1", "x@acme.example", "h.example", resolver=zone(WORLD.format(record))
    )
    assert found.result == result


@pytest.mark.parametrize("name", ["redirect", "exp"])
def test_the_second_is_at_fault_and_whether_it_can_go(name: str) -> None:
    text = f"v=spf1 mx {name}=a.example {name}=b.example {name}=A.example"
    second, third = parse_spf(text).problems
    assert [text[each.start : each.end] for each in (second, third)] == [
        f"{name}=b.example",
        f"{name}=A.example",
    ]
    assert {each.code for each in (second, third)} == {"duplicate-modifier"}
    assert second.fatal
    assert second.suggestion is None, "which of both is meant cannot be told"
    assert third.suggestion == "", "it says the same as the first"
