"""A reference for how pipeline runners parse a log: GitHub, Azure, and TeamCity's service messages.

Based on ActionCommandManager and ActionCommand.TryParse(V2) of actions/runner, and Command.TryParse of
Azure's agent, but more lenient: ignorable characters are removed, case is ignored, and all Unicode line ends
count.
"""

from __future__ import annotations

import re
from typing import NamedTuple

COMMANDS = frozenset(
    (
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "internal-set-repo-path",
        "notice",
        "remove-matcher",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    )
)
OUR_TOKEN = re.compile(r"[0-9a-f]{32}\Z")
_IGNORED = re.compile(
    r"[\x00-\x08\x0e-\x1f\xad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff]"
)
_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class Log(NamedTuple):
    """The lines that a runner executes as commands, and whether commands are enabled at the end."""

    obeyed: list[str]
    listening: bool


def read(text: str, *, stops: bool = True) -> Log:
    """Parse a log. Without ``stops``, our own stop-commands are ignored."""
    obeyed, token = [], ""
    for raw in _ENDS.split(text):
        line = _IGNORED.sub("", raw)
        if token:
            token = "" if line.strip() == f"::{token}::" else token
            continue
        command, data = _github(line)
        if command == "stop-commands" and OUR_TOKEN.match(data):
            token = data if stops else ""
        elif command or re.search(r"##(\[|vso\[|teamcity\[)", line, re.I):
            obeyed.append(raw)
    return Log(obeyed, not token)


def orders(text: str, *, stops: bool = False) -> list[str]:
    """The lines that a runner executes as commands."""
    return read(text, stops=stops).obeyed


def _github(line: str) -> tuple[str, str]:
    """The command and its data; empty strings if the line is not a command."""
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return "", ""
    name = line[2:end].split(" ")[0].lower()
    return (name, line[end + 2 :]) if name in COMMANDS else ("", "")
