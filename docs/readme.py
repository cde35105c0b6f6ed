"""Writes anew what the README and the guides show of commands, and the README's picture.

.venv/bin/python docs/readme.py, after a change of the report; a test fails where a command prints something
else. A ``console`` block of one ``$ mailproof …`` line gets what the command prints, and its exit code. A
guide says in its first line in which folder its commands run; they run in a copy of it, one after the other.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
GUIDES = tuple(sorted((ROOT / "docs" / "guides").glob("*.md")))
#: A console block: the command, what it prints, its exit code.
BLOCK = re.compile(
    r"^```console\n\$ mailproof (?P<command>[^\n]+)(?P<output>\n.*?)??"
    r"(?:\n\$ echo \$\?\n(?P<code>\d+))?\n```$",
    re.MULTILINE | re.DOTALL,
)
_FOLDER = re.compile(r"<!-- The commands run in (?P<name>[a-z/]+)\. -->\n")
PICTURE = ("demo", "--scenario", "unaligned-esp", "-q", "-f", "svg")
Run = Callable[[list[str]], tuple[str, int]]


def renewed(text: str, run: Run) -> str:
    """The page with what each command prints now."""

    def block(match: re.Match[str]) -> str:
        output, code = run(shlex.split(match["command"]))
        printed = f"{output.rstrip()}\n" if output.strip() else ""
        return f"```console\n$ mailproof {match['command']}\n{printed}$ echo $?\n{code}\n```"

    return BLOCK.sub(block, text)


@contextmanager
def folder(text: str) -> Iterator[Path]:
    """Where the commands of a page run: a copy of the folder that it names, else the repository."""
    named = _FOLDER.match(text)
    if named is None:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(shutil.copytree(ROOT / named["name"], Path(temporary) / "copy"))


def run_command(arguments: list[str], where: Path = ROOT) -> tuple[str, int]:
    """What the command prints at 80 columns, and its exit code."""
    command = [sys.executable, "-m", "mailproof", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "80", "LANG": "C.UTF-8"}
    done = subprocess.run(  # noqa: S603 - what the README says
        command, capture_output=True, text=True, cwd=where, env=environment, check=False
    )
    return done.stdout, done.returncode


def main() -> None:
    """Write all pages and the picture."""
    for path in (README, *GUIDES):
        text = path.read_text(encoding="utf-8")
        with folder(text) as where:
            run = partial(run_command, where=where)
            path.write_text(renewed(text, run), encoding="utf-8")
    (ROOT / "docs" / "report.svg").write_text(run_command([*PICTURE])[0], encoding="utf-8")


if __name__ == "__main__":
    main()
