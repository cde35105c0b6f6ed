"""The generated part of docs/ is up to date with docs/generate.py."""

from __future__ import annotations

from pathlib import Path

from docs.generate import pages

from mailproof.model import Report
from mailproof.render.json import to_plain

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_generated_files_are_current() -> None:
    for name, text in pages().items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"run docs/generate.py: {name} differs"


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {path.name for path in (DOCS / "rules").glob("*.md")} == {
        name.removeprefix("rules/") for name in pages() if name.startswith("rules/")
    }


def test_lazy_types_of_the_model_are_all_there() -> None:
    import mailproof.model as model

    assert all(getattr(model, name) is not None for name in model._HOMES)
    assert to_plain((1, "a", None, True)) == [1, "a", None, True]
    assert Report.__name__ == "Report"
