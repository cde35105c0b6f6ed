"""docs/commands.md lists each command with the arguments and options that the command line accepts."""

from __future__ import annotations

import re

import pytest
from docs import reference

from mailproof.cli.app import COMMANDS
from tests.support.cli import mailproof

PAGE = reference.text()


@pytest.mark.parametrize("command", ["probe", "init", "audit", "bulk"])
def test_the_help_cuts_no_option_off(command: str) -> None:
    shown = mailproof(command, "--help", columns=80).out
    assert "--" in shown
    assert not re.findall(r"--[a-z-]+…", shown)
    assert not re.findall(r"^│ [a-z]+ ", shown, re.MULTILINE), "the rest of a name on a line of its own"


@pytest.mark.parametrize("command", re.findall(r"^## mailproof (.+)$", PAGE, re.MULTILINE))
def test_it_has_the_options_that_help_shows(command: str) -> None:
    section = PAGE.partition(f"\n## mailproof {command}\n")[2].partition("\n## ")[0]
    text = mailproof(*command.split(), "--help", columns=200).out
    shown = set(re.findall(r"^│ [* ]*(?:-\w +)?(--[a-z-]+)", text, re.MULTILINE)) - {"--help"}
    assert shown == set(re.findall(r"^\| `(?:-\w, )?(--[a-z-]+)", section, re.MULTILINE))


def test_it_has_every_command() -> None:
    shown = re.findall(r"^## mailproof (\w+)(?: (\w+))?$", PAGE, re.MULTILINE)
    assert {name for name, _ in shown} == set(COMMANDS)
    assert {inner for name, inner in shown if name == "key"} == {"check", "new", "rotate"}
    assert "    mailproof diff [OPTIONS] OLD NEW\n" in PAGE
    assert "    mailproof bulk [OPTIONS] {FILE|-}\n" in PAGE


def test_markup_of_help_is_no_markup_of_the_page() -> None:
    assert "[bold]" not in PAGE
    assert "| `-f, --format <text\\|json>` | Output format. Default: text. |" in PAGE
    assert 'like "\\_dmarc TXT' in PAGE
    assert "Or `MAILPROOF_CONFIG` in the environment." in PAGE
    assert "| 3 | something could not be checked |" in PAGE
    assert "| 130 | interrupted |" in PAGE
