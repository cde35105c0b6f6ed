"""Writes anew what the README shows of commands, and its picture: run it after a change of the report.

.venv/bin/python docs/readme.py; a test fails where a command prints something else.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
#: A console block: the command, what it prints, its exit code.
BLOCK = re.compile(
    r"^```console\n\$ mailproof (?P<command>[^\n]+)\n(?P<output>.*?)\n\$ echo \$\?\n(?P<code>\d+)\n```$",
    re.MULTILINE | re.DOTALL,
)
PICTURE = ("demo", "--scenario", "unaligned-esp", "-q", "-f", "svg")
Run = Callable[[list[str]], tuple[str, int]]


def renewed(text: str, run: Run) -> str:
    """The README with what each command prints now."""

    def block(match: re.Match[str]) -> str:
        output, code = run(shlex.split(match["command"]))
        return f"```console\n$ mailproof {match['command']}\n{output.rstrip()}\n$ echo $?\n{code}\n```"

    return BLOCK.sub(block, text)


def run_command(arguments: list[str]) -> tuple[str, int]:
    """What the command prints at 80 columns, and its exit code."""
    command = [sys.executable, "-m", "mailproof", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "80", "LANG": "C.UTF-8"}
    done = subprocess.run(  # noqa: S603 - what the README says
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    return done.stdout, done.returncode


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8"), run_command), encoding="utf-8")
    (ROOT / "docs" / "report.svg").write_text(run_command([*PICTURE])[0], encoding="utf-8")
