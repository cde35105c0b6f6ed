"""At a terminal ``verify`` asks whether to use the attached message."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "cases" / "mail" / "pasted"


def at_a_terminal(answer: str, *arguments: str) -> tuple[str, str]:
    """Standard output, and the terminal's output, if the user types ``answer``."""
    try:
        ours, theirs = pty.openpty()
    except OSError as problem:
        pytest.skip(f"no terminal can be opened here: {problem}")
    command = [sys.executable, "-m", "mailproof", "verify", *arguments, "--zone", str(FOLDER / "acme.zone")]
    os.write(ours, answer.encode())
    run = subprocess.run(
        [*command, "--offline", "--color", "never"],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.write(theirs, b"end\n")  # so that the read never blocks
    shown = os.read(ours, 65_536).decode()
    os.close(theirs)
    os.close(ours)
    return run.stdout.decode(), shown


@pytest.mark.parametrize(("answer", "subject"), [("y\n", "acme.example"), ("n\n", "corp.example")])
def test_asked_for_at_a_terminal(answer: str, subject: str) -> None:
    out, shown = at_a_terminal(answer, str(FOLDER / "attached.eml"))
    assert "A message is attached to attached.eml. Verify that one instead?" in shown
    assert subject in out.splitlines()[0]


@pytest.mark.parametrize(
    "arguments", [("original.eml",), ("attached.eml", "-q")], ids=["none attached", "quiet"]
)
def test_not_asked(arguments: tuple[str, ...]) -> None:
    name, *more = arguments
    out, shown = at_a_terminal("", str(FOLDER / name), *more)
    assert "Verify that one instead?" not in shown
    assert ".example" in out
