"""Runs the command line in this process."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailproof.cli.app import main


@dataclass(frozen=True, slots=True)
class Run:
    code: int
    out: str
    err: str


def reports_of(text: str | bytes) -> list[dict[str, Any]]:
    """The reports in the output of ``-f json``."""
    found: list[dict[str, Any]] = json.loads(text)["reports"]
    return found


def report_of(text: str | bytes) -> dict[str, Any]:
    """The single report in the output of ``-f json``."""
    (found,) = reports_of(text)
    return found


def mailproof(
    *arguments: str, columns: int = 80, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> Run:
    """Run ``mailproof ARGUMENTS`` with a fixed width; returns its exit code, stdout and stderr."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    code = 0
    with (
        _environment({"COLUMNS": str(columns), "NO_COLOR": "", "FORCE_COLOR": "", **(environment or {})}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _stdin(stdin),
    ):
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return Run(code, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


@contextlib.contextmanager
def _stdin(data: bytes) -> Iterator[None]:
    import sys

    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update({name: value for name, value in values.items() if value})
    for name, value in values.items():
        if not value:
            os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = old
