"""The man page: up to date, complete, and accepted by man and mandoc without warnings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docs import man

from mailproof.cli.app import COMMANDS
from tests.support.tools import debian

ROOT = Path(__file__).resolve().parents[2]


def test_the_file_is_current() -> None:
    assert man.PAGE.read_text("utf-8") == man.page(), "run docs/man.py"


def test_mandoc_has_nothing_to_say() -> None:
    mandoc = debian("/usr/bin/mandoc", "mandoc")
    done = subprocess.run(
        [mandoc, "-Tlint", "-Wwarning", str(man.PAGE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_man_shows_every_command_option_exit_code_and_variable() -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    done = subprocess.run(
        ["man", "-l", "--warnings=all", str(man.PAGE)],
        env={"PATH": os.environ["PATH"], "MANWIDTH": "1000", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = re.sub(r".\x08", "", done.stdout)
    assert done.stderr == ""
    for name in COMMANDS:
        assert re.search(rf"mailproof {name}( \w+)? \[OPTIONS\]", shown), name
    folder = ROOT / "src/mailproof/cli"
    own = (path for path in folder.glob("*.py") if path.name != "pdf.py")  # which lists Chromium's
    sources = "\n".join(path.read_text("utf-8") for path in own)
    given = re.findall(r'(?:^\s+|\b[Oo]ption\()"(-[^"]+)"', sources, re.MULTILINE)
    options = {word for text in given for word in re.split("[ /]", text) if word.startswith("--")}
    assert len(options) > 80
    assert {each for each in options if each not in shown} == set()
    for code in ("0", "1", "2", "3", "130"):
        assert re.search(rf"^\s+{code}\s+\S", shown, re.MULTILINE), code
    read = set(
        re.findall(
            r"environ\.get\(\"([A-Z_]+)\"",
            "\n".join(path.read_text("utf-8") for path in (ROOT / "src/mailproof").rglob("*.py")),
        )
    )
    assert {"MAILPROOF_CONFIG", "NO_COLOR"} <= read
    assert {each for each in read if each not in shown} == set()
    assert 'mailproof explain "550 5.7.26' in shown
