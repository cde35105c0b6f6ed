"""Real-world inputs, each with the right answer: fixtures/cases/*/case.toml.

``rules`` are found as errors or warnings and ``absent`` are not; ``publish`` and ``startswith`` are records
("NAME TYPE VALUE", or its start) that a fix proposes; ``never`` is in no proposed value; ``says`` and
``unsaid`` are words that the text must and must not contain; ``error``: an error is expected;
``no_letters`` are grades that it must not get.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Run, mailproof, report_of

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases"


def run(folder: Path, case: dict[str, Any], *more: str) -> Run:
    zones = [part for name in case["zones"] for part in ("--zone", str(folder / name))]
    return mailproof(
        "audit", case["domain"], *zones, "--offline", *case.get("arguments", ()), *more, columns=200
    )


def proposed(findings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The records that fixes publish: ("NAME TYPE VALUE", kind)."""
    return [
        (f"{record['name']} {record['rrtype']} {record['value']}", finding["fix"]["kind"])
        for finding in findings
        if finding["fix"]
        for record in finding["fix"]["records"]
        if record["action"] == "publish"
    ]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in CASES.glob("*/case.toml")))
def test_the_right_answer(name: str, tmp_path: Path) -> None:
    folder = CASES / name
    case = tomllib.loads((folder / "case.toml").read_text())
    fix_zone = tmp_path / "fix.zone"
    report = report_of(run(folder, case, "-f", "json", "--fix-zone", str(fix_zone)).out)
    findings = [finding for outcome in report["outcomes"] for finding in outcome["findings"]]
    serious = {finding["rule"] for finding in findings if finding["severity"] != "info"}
    assert serious >= set(case.get("rules", ()))
    assert not serious & set(case.get("absent", ()))
    records = proposed(findings)
    # Decisions are left to the owner: only what is written by default counts here.
    written = [line for line in fix_zone.read_text().splitlines() if not line.startswith(";")]
    safe = [record for record, kind in records if kind != "decision"]
    for wanted in case.get("publish", ()):
        assert wanted in safe, records
    for start in case.get("startswith", ()):
        assert any(record.startswith(start) for record in safe), records
    for text in case.get("never", ()):
        assert not any(text in record for record in [*safe, *written]), (text, safe, written)
    if "joined" in case:
        assert [record for record in safe if record.startswith(f"{case['joined']} TXT v=DKIM1")], records
        assert len({record for record in safe if record.startswith(case["joined"])}) == 1
    if case.get("error"):
        assert any(finding["severity"] == "error" for finding in findings)
    assert report["score"]["grade"] not in case.get("no_letters", ())
    text = run(folder, case).out
    for words in case.get("says", ()):
        assert words in text
    for words in case.get("unsaid", ()):
        assert words not in text
