#!/usr/bin/env python3
"""The step of action.yml: inputs come in variables IN_…, outputs go to the file GITHUB_OUTPUT.

An input is an argument and never code: nothing here is evaluated by a shell. mailproof itself is set up by
``run``, with what requirements/runtime.txt pins by hash.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("check", "audit")
#: Inputs that only ``check`` takes, and their options.
OF_CHECK = {"IN_ENVIRONMENT": "--environment", "IN_BASELINE": "--baseline"}


def main() -> int:
    """Run mailproof, write the outputs, and return its exit code."""
    folder = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir())
    files = {"json": folder / "mailproof.json", "sarif": folder / "mailproof.sarif"}
    for path in files.values():
        path.unlink(missing_ok=True)  # of an earlier step of the same job
    command, wrong = arguments(os.environ)
    if wrong:
        sys.stdout.write(f"::error title=mailproof::{wrong}\n")
        code = 2
    else:
        wanted = [part for name, path in files.items() for part in ("-o", f"{name}:{path}")]
        program = [sys.executable, str(ROOT / "run"), "mailproof", command[0], "-f", "github", *wanted]
        code = subprocess.call([*program, *command[1:]])
        if code < 0:
            code = 128 - code
    if target := os.environ.get("GITHUB_OUTPUT"):
        with Path(target).open("a", encoding="utf-8") as out:
            out.writelines(f"{name}={value}\n" for name, value in outputs(code, files).items())
    return code


def arguments(given: Mapping[str, str]) -> tuple[list[str], str]:
    """The command and its arguments; or what is wrong with the inputs."""

    def value(name: str) -> str:
        return given.get(name, "").strip()

    def lines(name: str) -> list[str]:
        return [line.strip() for line in given.get(name, "").splitlines() if line.strip()]

    command = value("IN_COMMAND") or "check"
    if command not in COMMANDS:
        return [], "the input command is neither check nor audit"
    found = [command]
    for name, option in OF_CHECK.items():
        if value(name) and command != "check":
            return [], f"the input {option[2:]} is for the command check"
        found += [option, value(name)] if value(name) else []
    for name, option in (("IN_CONFIG", "--config"), ("IN_FAIL_ON", "--fail-on")):
        found += [option, value(name)] if value(name) else []
    if value("IN_OFFLINE") not in ("", "true", "false"):
        return [], "the input offline is neither true nor false"
    found += ["--offline"] if value("IN_OFFLINE") == "true" else []
    found += [part for each in lines("IN_ZONES") for part in ("--zone", each)]
    return [*found, *lines("IN_ARGS"), *(["--", *lines("IN_DOMAINS")] if lines("IN_DOMAINS") else [])], ""


def outputs(code: int, files: Mapping[str, Path]) -> dict[str, str]:
    """What later steps can read. Without a report nothing is known, and nothing has passed."""
    found = {name: str(path) if path.exists() else "" for name, path in files.items()}
    try:
        summary = json.loads(files["json"].read_text("utf-8"))["summary"]
    except (OSError, ValueError, KeyError):
        return {"passed": "false", "complete": "false", "worst-severity": "", **found}
    worst = next((each for each in ("error", "warning", "info") if summary["findings"][each]), "none")
    complete = str(bool(summary["complete"])).lower()
    return {"passed": str(code == 0).lower(), "complete": complete, "worst-severity": worst, **found}


if __name__ == "__main__":
    sys.exit(main())
