"""JSON with positions: equal to the standard library's result, and each fault at its line and column."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.dns.inputs.located import MAX_DEPTH, Node, read_json
from mailproof.errors import ZoneFileError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def plain(node: Node) -> object:
    if isinstance(node.value, tuple):
        return [plain(each) for each in node.value]
    if isinstance(node.value, dict):
        return {key: plain(each) for key, each in node.members()}
    return node.value


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_reads_what_the_standard_library_reads(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert plain(read_json(text, "f")) == json.loads(text)


def test_each_value_has_its_place() -> None:
    root = read_json('{\n  "a": [1,\n   "x\u2028"],\n  "b": {"c": true}}', "f.json")
    places = [each.place for each in root.each("a")] + [each.place for _, each in root.members()]
    assert [(each.line, each.column) for each in places] == [(2, 9), (3, 4), (2, 8), (4, 8)]
    assert root.is_true("b", "c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f:1:1: the JSON ends too early: the file is cut off"),
        ('{"a": "secret', "f:1:14: the JSON ends too early"),
        ('{"a": 1', "f:1:8: the JSON ends too early"),
        ("[1,\n 2,\n", "f:3:1: the JSON ends too early"),
        ('{"a" 1}', "f:1:6: not JSON from here on: ':' was expected"),
        ("{a: 1}", 'f:1:2: not JSON from here on: a name in "quotes" was expected'),
        ("[1 2]", "f:1:4: not JSON from here on: ',' was expected"),
        ("[secret]", "f:1:2: not JSON from here on"),
        ("{} x", "f:1:4: more after the end of the JSON value"),
        ("[" * (MAX_DEPTH + 2), f"values are more than {MAX_DEPTH} deep"),
        ("[" + "9" * 5000 + "]", "f:1:2: a number with too many digits"),
    ],
)
def test_a_fault_is_said_with_its_place_and_without_values(text: str, said: str) -> None:
    with pytest.raises(ZoneFileError) as caught:
        read_json(text, "f")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("wrong", ['{"k": {}}', '{"k": [1]}', '{"k": true}', '{"k": "x"}', '{"k": 1.5}'])
def test_a_number_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ZoneFileError, match="f:1:7: k is not"):
        read_json(wrong, "f").number("k", 1)
