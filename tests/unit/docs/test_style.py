"""The words forbidden by docs/style.md are in no string of src, no data text and no page of docs.

Code is left out: identifiers, spans in backquotes and code blocks.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "mailproof"
#: Whole words, in any case; a space is any white space.
WORDS = (
    *(
        "mend",
        "mends",
        "mended",
        "mending",
        "judge",
        "judges",
        "judged",
        "judging",
        "judgement",
        "judgements",
    ),
    *("told", "tells", "stand", "stands", "stood", "standing", "the border", "look-up", "look-ups"),
    *("dearest", "nobody", "whom", "is said"),
)
_ANY = "|".join(word.replace(" ", r"\s+") for word in WORDS)
FORBIDDEN = re.compile(rf"(?<![\w-])(?:{_ANY})(?![\w-])", re.IGNORECASE)
#: Keys of data files with servers' texts: these are compared, not shown.
QUOTED = {"needles", "likely", "unless", "only_codes", "codes", "names", "signs"}
#: Without docs/style.md, which lists the words; rule pages come from docstrings, checked in src.
PAGES = sorted(
    path
    for path in (
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "guides").glob("*.md"),
        *ROOT.glob("*.md"),
        ROOT / "bench" / "README.md",
        *(ROOT / "tests").glob("*/README.md"),
    )
    if path.name != "style.md"
)


def forbidden(text: str) -> list[str]:
    """The forbidden words of a text, in lower case."""
    return [" ".join(match[0].lower().split()) for match in FORBIDDEN.finditer(_without_code(text))]


def _without_code(text: str) -> str:
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(`+)[^`]+\1", "", text)


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each string constant of a module, docstrings and the parts of f-strings included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def texts_of(value: object, key: str = "") -> Iterator[str]:
    """The texts of a data file that users see."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_of(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner, key)
    elif isinstance(value, str) and key not in QUOTED:
        yield value


def in_source() -> list[tuple[str, int, str]]:
    """File, line and word of each match in src."""
    return [
        (path.relative_to(SOURCE).as_posix(), line, word)
        for path in sorted(SOURCE.rglob("*.py"))
        for line, text in strings_of(path.read_text("utf-8"))
        for word in forbidden(text)
    ]


def test_strings_and_docstrings() -> None:
    found = in_source()
    assert [f"{file}:{line}: {word}" for file, line, word in found] == []


@pytest.mark.parametrize("path", sorted((SOURCE / "data").glob("*.toml")), ids=lambda path: path.name)
def test_data(path: Path) -> None:
    texts = list(texts_of(tomllib.loads(path.read_text("utf-8"))))
    assert texts
    assert [text for text in texts if forbidden(text)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages(path: Path) -> None:
    text = path.read_text("utf-8")
    assert forbidden(text) == []
    assert re.findall(r"^#+ .*\n+Whether\b.*", _without_code(text), re.MULTILINE) == []


def test_no_page_of_a_rule_opens_with_whether() -> None:
    sections = re.compile(r"^## .*\n\s*Whether\b", re.MULTILINE)
    pages = [path for path in (SOURCE / "checks").rglob("*.py") if "\n@declare(" in path.read_text("utf-8")]
    assert len(pages) > 300
    opened = [
        path.name
        for path in pages
        if sections.search(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
    ]
    assert opened == []


def test_the_style_guide_lists_the_words() -> None:
    listed = (ROOT / "docs" / "style.md").read_text("utf-8").partition("## Forbidden")[2]
    assert [word for word in WORDS if word[:4] not in listed] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mend it, and MENDED things", ["mend", "mended"]),
        ("recommend, amended, understand, standard, storyteller, pass-by", []),
        ("what stands in it is judged", ["stands", "judged"]),
        ("told by the\nborder; the borders", ["told", "the border"]),
        ("`judge` and ``judged`` are code", []),
        ("text\n```\nnobody\n```\nwhom", ["whom"]),
        ("a look-up, two look-ups, lookups", ["look-up", "look-ups"]),
        ("nobody@inbox.test is said to exist", ["nobody", "is said"]),
    ],
)
def test_what_is_found(text: str, words: list[str]) -> None:
    assert forbidden(text) == words


def test_strings_are_found_wherever_they_are() -> None:
    source = '"""Mend."""\n\ndef told(x: int) -> str:\n    """Nobody."""\n    return f"{x} stands {x}whom"\n'
    assert [word for _, text in strings_of(source) for word in forbidden(text)] == [
        "mend",
        "nobody",
        "stands",
        "whom",
    ]
    assert list(texts_of({"cause": "a", "needles": ["b"], "codes": [{"code": "c", "meaning": "d"}]})) == [
        "a",
        "c",
        "d",
    ]
