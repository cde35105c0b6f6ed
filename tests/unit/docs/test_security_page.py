"""docs/security.md: each bound is listed with what it bounds; everything the page names exists.

That the table is up to date is tested with the other generated pages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs import generate
from docs.generate import Bound, bounds, shown, table

ROOT = Path(__file__).resolve().parents[3]


def test_every_number_of_a_limits_module_says_what_it_bounds() -> None:
    silent = [f"{each.place}: {each.name}" for each in bounds() if not each.text]
    assert silent == [], "a comment above it, '#: ', says what it bounds and in which unit"


def test_each_limits_module_is_in_the_table() -> None:
    named = {each.place for each in bounds()}
    source = ROOT / "src" / "mailproof"
    for path in source.rglob("limits.py"):
        text = path.read_text("utf-8")
        if re.search(r"^(?:[A-Z_]+|    [a-z_]+)(?:: \w+)? = [0-9]", text, re.MULTILINE):
            assert str(path.relative_to(source)) in named
    assert Bound("dns/zone/limits.py", "depth", 8, "Nesting depth of includes.") in bounds()
    assert {each.name for each in bounds()} >= {"MAX_MESSAGE", "MAX_POLICY", "file_bytes"}


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (65536, "Octets of a policy.", "64 KiB"),
        (50 * 1024 * 1024, "Octets of a message.", "50 MiB"),
        (1_000_000, "Octets of text.", "1,000,000"),
        (65536, "Characters.", "65,536"),
        (2.5, "Seconds of silence.", "2.5"),
        (60, "Seconds of silence.", "60"),
    ],
)
def test_values_are_readable(value: float, text: str, expected: str) -> None:
    assert shown(Bound("a.py", "MAX_A", value, text)) == expected


def test_a_bar_does_not_end_a_cell() -> None:
    row = table((Bound("a.py", "MAX_A", 3, "a | b"),)).splitlines()[-1]
    assert row == "| 3 | a \\| b | `a.py`: `MAX_A` |"


def test_a_changed_bound_is_a_changed_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the text around the table is preserved."""
    before = generate.pages()["security.md"]
    assert before == (ROOT / "docs" / "security.md").read_text("utf-8")
    monkeypatch.setattr("mailproof.facts.mta_sts.MAX_POLICY", 32_768)
    after = generate.pages()["security.md"]
    changed = [
        pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if len(set(pair)) > 1
    ]
    assert len(changed) == 1
    assert changed[0][1].startswith("| 32 KiB | Octets read of an MTA-STS policy")


@pytest.mark.parametrize("page", ["docs/security.md", "SECURITY.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert all(((ROOT / page).parent / link).exists() for link in links)
