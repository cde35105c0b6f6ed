"""Tag lists (RFC 6376 section 3.2)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof.records.tags import MAX_TAGS, find_tag, parse_tags, value_span, without_whitespace


def codes(text: str) -> list[str]:
    return [problem.code for problem in parse_tags(text)[1]]


def test_a_plain_list() -> None:
    text = "v=DKIM1; k=rsa;p=AB CD=="
    tags, problems = parse_tags(text)
    assert [(tag.name, tag.value) for tag in tags] == [("v", "DKIM1"), ("k", "rsa"), ("p", "AB CD==")]
    assert problems == ()
    assert [text[tag.start : tag.end] for tag in tags] == ["v=DKIM1", "k=rsa", "p=AB CD=="]
    assert [text[slice(*value_span(tag))] for tag in tags] == ["DKIM1", "rsa", "AB CD=="]


def test_whitespace_and_folding_are_allowed_around_everything() -> None:
    text = " v = DMARC1 ;\r\n\t p\t=\r\n none ; "
    tags, problems = parse_tags(text)
    assert [(tag.name, tag.value) for tag in tags] == [("v", "DMARC1"), ("p", "none")]
    assert problems == ()
    assert text[tags[1].start : tags[1].end] == "p\t=\r\n none"


def test_an_empty_value_is_a_value() -> None:
    tags, problems = parse_tags("v=DKIM1; p=")
    assert tags[1].value == ""
    assert value_span(tags[1]) == (11, 11)
    assert problems == ()


@pytest.mark.parametrize(
    ("text", "code", "snippet"),
    [
        ("v=DKIM1;; p=", "empty-tag", ";;"),
        (";v=DKIM1", "empty-tag", ";"),
        ("v=DKIM1; rsa; p=", "no-equals", "rsa"),
        ("v=DKIM1; =x", "bad-name", "=x"),
        ("v=DKIM1\\; p=none", None, ""),
        ("v=DMARC1;\u00a0p=none", "bad-name", "\u00a0p"),
        ("v=DKIM1; p=a; p=b", "duplicate-tag", "p=b"),
        ("v=DKIM1; n=a\x00b", "control-character", "\x00"),
        ("v=DKIM1; n=caf\u00e9", "non-ascii", "\u00e9"),
    ],
)
def test_problems_point_at_the_characters(text: str, code: str | None, snippet: str) -> None:
    _, problems = parse_tags(text)
    assert [problem.code for problem in problems] == ([code] if code else [])
    for problem in problems:
        assert text[problem.start : problem.end] == snippet


def test_names_are_case_sensitive() -> None:
    tags, problems = parse_tags("p=a; P=b")
    assert problems == ()
    assert find_tag(tags, "P") == tags[1]
    assert find_tag(tags, "x") is None


def test_the_number_of_tags_is_bounded() -> None:
    assert codes(";".join(f"a{n}=1" for n in range(MAX_TAGS))) == []
    tags, problems = parse_tags(";".join(f"a{n}=1" for n in range(50_000)))
    assert [problem.code for problem in problems] == ["too-many-tags"]
    assert len(tags) <= MAX_TAGS + 1


def test_an_empty_text_is_an_empty_list() -> None:
    assert parse_tags("") == ((), ())
    assert parse_tags("  ") == ((), ())


def test_whitespace_is_taken_out_but_not_other_blanks() -> None:
    assert without_whitespace(" a\tb\r\n c\u00a0") == "abc\u00a0"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('vp=; \t\r\nab1_\\"\u00a0\x00'), max_size=200))
def test_nothing_raises_and_spans_are_true(text: str) -> None:
    tags, problems = parse_tags(text)
    for tag in tags:
        start, end = value_span(tag)
        assert text[start:end] == tag.value
        assert text[tag.start : tag.end].startswith(tag.name)
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
