"""Twenty common failures as messages: the first finding is the true cause."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailproof.dns import ZoneResolver
from tests.support.engine import verify_async

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "failures"
INDEX: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "index.toml").read_text())
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def test_there_are_twenty() -> None:
    assert [int(name[:2]) for name in INDEX] == list(range(1, 21))


@pytest.mark.parametrize("name", INDEX)
async def test_first_finding_is_the_true_cause(name: str) -> None:
    wanted = INDEX[name]
    resolver = ZoneResolver.from_file(FOLDER / f"{name}.zone", origin=".")
    report = await verify_async((FOLDER / f"{name}.eml").read_bytes(), resolver=resolver, now=NOW)
    assert report.findings
    first = report.findings[0]
    assert first.rule == wanted["rule"], [f"{each.rule}: {each.message}" for each in report.findings]
    assert wanted["words"].lower() in f"{first.message} {' '.join(first.evidence)}".lower()
    assert first.fix is not None
