"""How ./run advisories handles pip-audit's output, and no output. A fake program replaces pip-audit."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from supply import advisories
from tests.support.listening import listening

FINE: dict[str, Any] = {"name": "h11", "version": "0.16.0", "vulns": []}
KNOWN: dict[str, Any] = {
    "name": "h2",
    "version": "4.0.0",
    "vulns": [
        {
            "id": "PYSEC-2025-1",
            "fix_versions": ["4.3.0"],
            "aliases": ["CVE-2025-1"],
            "description": "smuggling",
        },
        {"id": "PYSEC-2025-2", "fix_versions": [], "aliases": [], "description": "more"},
    ],
}
SKIPPED: dict[str, Any] = {"name": "pyspf", "skip_reason": "not found"}
CLOSED = "http://127.0.0.1:1/pypi/pip/json"


def stand_in(text: str, code: int = 0, complaint: str = "") -> Sequence[str]:
    """A program with this output and exit code."""
    program = f"import sys; sys.stdout.write({text!r}); sys.stderr.write({complaint!r}); sys.exit({code})"
    return (sys.executable, "-c", program)


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(stand_in(report(FINE)), CLOSED) == 0
    assert capsys.readouterr().out == "advisories: 1 of 1 packages checked, known advisories: 0\n"


def test_a_known_advisory_fails_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(stand_in(report(FINE, KNOWN, SKIPPED), 1), CLOSED) == 1
    said = capsys.readouterr().out
    assert "h2 4.0.0: PYSEC-2025-1, fixed in 4.3.0\n" in said
    assert "h2 4.0.0: PYSEC-2025-2, fixed in none\n" in said
    assert "2 of 3 packages checked, known advisories: 2" in said
    assert "NOT CHECKED: 1 package, beginning with pyspf (not found)" in said


def test_a_database_that_knows_nothing_is_no_clean_bill(capsys: pytest.CaptureFixture[str]) -> None:
    """With a PyPI mirror without advisories, pip-audit reports no known vulnerabilities."""
    other = {"name": "h2", "skip_reason": "not found"}
    assert advisories.main(stand_in(report(SKIPPED, other)), CLOSED) == 0
    said = capsys.readouterr().out
    assert "0 of 2 packages checked" in said
    assert "NOT CHECKED: 2 packages, beginning with h2 (not found)" in said


def test_a_database_out_of_reach_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(stand_in("", 1, "Traceback\nProxyError"), CLOSED) == 0
    said = capsys.readouterr()
    assert said.out == f"advisories: NOT CHECKED: the database cannot be reached ({CLOSED})\n"
    assert said.err == ""


async def test_no_report_with_the_database_in_reach_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with listening(answer) as port:
        program = stand_in("no json", 2, "usage: pip-audit\nno such option")
        here = f"http://127.0.0.1:{port}/pypi/pip/json"
        assert await asyncio.to_thread(advisories.main, program, here) == 1
    said = capsys.readouterr()
    assert "pip-audit failed" in said.out
    assert "no such option" in said.out
    assert said.err == "usage: pip-audit\nno such option"


def test_a_failure_that_names_no_advisory_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(stand_in(report(FINE), 3, "broken"), CLOSED) == 1
    assert capsys.readouterr().err == "broken"


def test_an_answer_that_never_comes_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    asleep = (sys.executable, "-c", "import time; time.sleep(60)")
    assert advisories.main(asleep, CLOSED, patience=0.2) == 0
    assert "NOT CHECKED: no answer from the database in 0.2 s" in capsys.readouterr().out


def test_an_address_that_is_none_is_not_reached() -> None:
    assert not advisories.reached("http://127.0.0.1:1/")
