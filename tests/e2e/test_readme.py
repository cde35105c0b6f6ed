"""What the README shows is what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.support.cli import mailproof

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(
    r"^```console\n\$ mailproof (?P<command>[^\n]+)\n(?P<output>.*?)\n\$ echo \$\?\n(?P<code>\d+)\n```$",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def test_there_are_examples() -> None:
    assert len(BLOCKS) >= 4


def counted(text: str) -> str:
    """Without the number of checks that passed, which a new rule changes."""
    return re.sub(r"\b\d+ checks passed", "… checks passed", text)


@pytest.mark.parametrize(("command", "output", "code"), BLOCKS, ids=[block[0][:40] for block in BLOCKS])
def test_example(command: str, output: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    run = mailproof(*shlex.split(command))
    assert counted(run.out.rstrip()) == counted(output)
    assert run.code == int(code)


def test_every_linked_file_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
