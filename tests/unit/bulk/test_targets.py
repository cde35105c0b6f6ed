"""Lists of domains in all formats, and all errors in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os

import pytest

from mailproof.bulk.targets import MOST_LINE, MOST_ROW_LINES, Pipe, Target, Unreadable, read_targets
from mailproof.errors import UsageError


def read(text: str | bytes, column: str = "") -> tuple[list[Target], list[Unreadable]]:
    raw = text.encode() if isinstance(text, str) else text
    every = list(read_targets(io.BytesIO(raw), column))
    return [e for e in every if isinstance(e, Target)], [e for e in every if isinstance(e, Unreadable)]


def domains(text: str | bytes, column: str = "") -> list[tuple[int, str]]:
    found, unreadable = read(text, column)
    assert unreadable == []
    return [(each.line, each.domain) for each in found]


def test_a_plain_list() -> None:
    text = "\ufeffacme.example\r\n\n# comment\n  B.Example.  # note\nhttps://c.example/x?y\nada@d.example\nbücher.example"
    assert domains(text) == [
        (1, "acme.example"),
        (4, "b.example"),
        (5, "c.example"),
        (6, "d.example"),
        (7, "xn--bcher-kva.example"),
    ]


def test_a_csv_list_as_tranco_writes_it() -> None:
    assert domains("1,acme.example\n2,b.example\n") == [(1, "acme.example"), (2, "b.example")]


@pytest.mark.parametrize("column", ["", "domain", "Domain", "2"])
def test_a_csv_list_with_a_heading(column: str) -> None:
    text = 'rank,domain,note\n1,acme.example,"a, b"\n2,b.example,\n'
    found, unreadable = read(text, column)
    assert [each.domain for each in found] == ["acme.example", "b.example"]
    # A column number names no heading: the heading line is then read like any other, and is not a domain.
    assert [each.line for each in unreadable] == ([1] if column == "2" else [])


@pytest.mark.parametrize(
    ("column", "words"), [("host", "rank, domain"), ("9", "2 columns"), ("0", "2 columns")]
)
def test_a_column_that_is_not_there(column: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read("rank,domain\n1,acme.example\n", column)


def test_json_lines_with_selectors_and_addresses() -> None:
    text = '{"domain": "acme.example", "selectors": ["s1"], "ips": ["192.0.2.1"], "more": 1}\n'
    assert read(text)[0] == [Target(1, "acme.example", ("s1",), ("192.0.2.1",))]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"domain": 1}', "domain"),
        ('{"domain": "acme.example"', "JSON"),
        ('{"domain": "acme.example", "ips": ["x"]}', "x"),
        ('{"domain": "a b.example"}', "domain name"),
        ('{"domain": "acme.example", "selectors": [' + ", ".join(['"s"'] * 51) + "]}", "more than 50"),
        ('{"domain": "acme.example", "selectors": ["s1", ""]}', "'' is not a valid selector"),
        ("acme.example", "JSON"),
        ('{"domain": "acme.example", "more": ' + "[" * 30_000, "recursion"),
    ],
)
def test_a_line_of_json_that_is_none_costs_itself_alone(line: str, words: str) -> None:
    found, unreadable = read(f'{{"domain": "first.example"}}\n{line}\n{{"domain": "last.example"}}\n')
    assert [each.domain for each in found] == ["first.example", "last.example"]
    assert [each.line for each in unreadable] == [2]
    assert words in unreadable[0].reason


@pytest.mark.parametrize(
    "line", ["a b", "192.0.2.1", "..", "x" * 300, "com\x00.example", "@", "https://", "http://[x", "\xff\xfe"]
)
def test_a_line_that_is_no_domain_costs_itself_alone(line: str) -> None:
    found, unreadable = read(f"first.example\n{line}\nlast.example\n".encode("latin-1"))
    assert [each.domain for each in found] == ["first.example", "last.example"]
    assert [each.line for each in unreadable] == [2]


@pytest.mark.parametrize("size", [MOST_LINE + 1, 1_000_000])
def test_a_line_of_a_million_characters_is_passed_over(size: int) -> None:
    found, unreadable = read("a" * size + "\nlast.example\n")
    assert found == [Target(2, "last.example")]
    assert [(each.line, each.text) for each in unreadable] == [(1, "")]


def test_a_row_that_is_too_short() -> None:
    found, unreadable = read("rank,domain\n1\n2,b.example\n")
    assert [each.domain for each in found] == ["b.example"]
    assert "1 column" in unreadable[0].reason


@pytest.mark.parametrize("between", [";", "\t"])
def test_columns_as_spreadsheets_write_them(between: str) -> None:
    text = 'rank,domain,note\n1,acme.example,"a, b"\n2,b.example,\n'.replace(",", between)
    assert domains(text, "domain") == domains(text) == [(2, "acme.example"), (3, "b.example")]


def test_a_quoted_cell_over_several_lines_is_one_row() -> None:
    text = 'note,domain\n"a\n\n# b.example,c.example\n""d"" ",acme.example\nx,last.example\n'
    assert domains(text) == [(2, "acme.example"), (6, "last.example")]
    heading = 'id,"two\nlines",domain\n1,x,acme.example\n'
    assert domains(heading) == [(3, "acme.example")]


@pytest.mark.parametrize("lines", [2, MOST_ROW_LINES, 5 * MOST_ROW_LINES])
def test_a_quote_that_is_never_closed_costs_its_own_line(lines: int) -> None:
    rows = [f"d{number}.example,x" for number in range(lines)]
    found, unreadable = read("\n".join(("domain,note", '"first.example,x', "", "# a comment", *rows)))
    assert [each.domain for each in found] == [f"d{number}.example" for number in range(lines)]
    assert [each.line for each in unreadable] == [2]


def test_a_quote_that_is_never_closed_before_a_line_that_is_too_long() -> None:
    found, unreadable = read('domain,note\n"a.example,x\nb.example,x\n' + "x" * 70_000 + "\nc.example,x\n")
    assert [each.domain for each in found] == ["b.example", "c.example"]
    assert [each.line for each in unreadable] == [2, 4]


@pytest.mark.parametrize(
    "text",
    [
        "Name,Email\nA. Jones,ada@acme.example\nJ.Smith,js@b.example",
        "Company,Homepage\nAcme Inc.,https://acme.example/x\nB. Inc.,b.example",
        "rank,name\n1,acme.example\n2.5,b.example",
        "sep=;\nx;domain\n1;acme.example\n2;b.example",
        "x|domain\n1|acme.example\n2|b.example",
    ],
)
def test_the_column_is_that_with_domains(text: str) -> None:
    assert [domain for _, domain in domains(text)] == ["acme.example", "b.example"]


def test_the_column_is_the_same_in_all_rows() -> None:
    found, unreadable = read("1,acme.example\nc.example,no domain\n2,b.example\n")
    assert [each.domain for each in found] == ["acme.example", "b.example"]
    assert [each.line for each in unreadable] == [2]
    assert read("1,x\n")[1][0].reason == "no column has a domain"


def test_an_empty_first_cell_is_a_cell() -> None:
    assert domains("rank\tdomain\n\tacme.example\n") == [(2, "acme.example")]


@pytest.mark.parametrize(
    "text",
    [
        '[{"domain": "acme.example"}]',
        '[\n{"domain": "acme.example"}\n]',
        '["acme.example"]',
        '[{"domain": "acme.example"}' + ',{"domain": "acme.example"}' * 9_000 + "]",
    ],
)
def test_a_json_array_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError, match="one JSON array: give mailproof bulk - what jq"):
        read(text)


def test_a_comma_in_a_comment_makes_no_columns() -> None:
    text = "acme.example  # ours, since 2020\nb.example # theirs\n"
    assert domains(text) == [(1, "acme.example"), (2, "b.example")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_in_words(encoding: str) -> None:
    for mark in ("\ufeff", ""):
        with pytest.raises(UsageError, match="UTF-16: save it as UTF-8"):
            read(f"{mark}acme.example\n".encode(encoding))


@pytest.mark.parametrize(
    "beginning",
    [
        gzip.compress(b"x", mtime=0),
        bz2.compress(b"x"),
        lzma.compress(b"x"),
        b"PK\x03\x04",
        b"\x28\xb5\x2f\xfd",
    ],
)
def test_a_compressed_list_is_refused_in_words(beginning: bytes) -> None:
    with pytest.raises(
        UsageError, match=r"the list is compressed: give mailproof bulk - what (\w+ -d?[cp]) shows"
    ):
        read(beginning + b"\x00\n")


def test_one_column_with_a_heading_has_no_delimiter() -> None:
    assert domains("Domain\nacme.example\n") == [(2, "acme.example")]
    assert domains('"domain"\n"acme.example"\n') == [(2, "acme.example")]
    assert domains("Name\nacme.example\n") == [(2, "acme.example")]
    assert domains('"acme.example"\n"b.example"\n') == [(1, "acme.example"), (2, "b.example")]


@pytest.mark.parametrize("lines", [2, 9_000])
def test_lines_that_end_in_cr_are_refused_in_words(lines: int) -> None:
    with pytest.raises(UsageError, match="the lines of the list end in CR: give mailproof bulk - what tr"):
        read("acme.example\r" * lines)


def test_json_may_say_that_there_is_nothing() -> None:
    assert read('{"domain": "acme.example", "selectors": null, "ips": null}')[0] == [
        Target(1, "acme.example")
    ]


def test_a_bad_address_of_a_list_names_no_option() -> None:
    _, (unreadable,) = read('{"domain": "acme.example", "ips": ["300.1.1.1"]}')
    assert unreadable.reason.startswith("'300.1.1.1' is not an IP address")


def test_a_line_that_is_no_row_of_csv_is_named_in_our_words() -> None:
    found, (unreadable,) = read("1,acme.example\n2,b\r.example\n")
    assert [each.domain for each in found] == ["acme.example"]
    assert (unreadable.line, unreadable.reason) == (2, "this is not a row of CSV")


def test_an_empty_list() -> None:
    assert read("") == ([], [])
    assert read("\n# nothing\n") == ([], [])


def test_a_pipe_has_nothing_yet_in_the_middle_of_a_line() -> None:
    out, into = os.pipe()
    with open(out, "rb") as stream:
        targets = read_targets(Pipe(stream))
        os.write(into, b"acme.example\nb.exa")
        assert next(targets) == Target(1, "acme.example")
        assert next(targets) is None
        os.write(into, b"mple\n" + b"x" * 40_000)
        assert next(targets) == Target(2, "b.example")
        assert next(targets) is None
        os.write(into, b"x" * 40_000)
        assert next(targets) is None
        os.write(into, b"\nlast.example")
        os.close(into)
        assert [(each.line, type(each)) for each in targets if each] == [(3, Unreadable), (4, Target)]
