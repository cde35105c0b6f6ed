"""What the README shows is what the commands print: docs/readme.py writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.readme import BLOCK, README, renewed

from tests.support.cli import mailproof

ROOT = Path(__file__).resolve().parents[2]


def counted(text: str) -> str:
    """Without the number of checks that passed, which a new rule changes."""
    return re.sub(r"\b\d+ checks passed", "… checks passed", text)


def run(arguments: list[str]) -> tuple[str, int]:
    done = mailproof(*arguments)
    return done.out, done.code


@pytest.mark.parametrize("block", BLOCK.finditer(README.read_text("utf-8")), ids=lambda block: block[1][:40])
def test_example(block: re.Match[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert counted(renewed(block[0], run)) == counted(block[0])


def test_there_are_examples() -> None:
    assert len(BLOCK.findall(README.read_text("utf-8"))) >= 4


def test_every_linked_file_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
