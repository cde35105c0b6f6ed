"""SARIF: Microsoft's validator, with GitHub's rules, finds no errors in our output."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from mailproof.render.sarif import render_sarif
from tests.support.reports import LOOK, broken, report, with_gaps
from tests.support.tools import multitool

REPORTS = {
    "in a zone": (broken(),),
    "live": (broken(file=""),),
    "gaps": (with_gaps(),),
    "clean": (report(),),
    "several": (broken(), broken(file="a b#c.zone"), with_gaps()),
    "hostile": (broken("](https://evil.test) {0} <script> \x1b[31m\n"), with_gaps("[x](y)")),
}


def test_it_finds_no_error_in_ours_and_one_in_a_broken_one(tmp_path: Path) -> None:
    for name, reports in REPORTS.items():
        (tmp_path / f"{name}.sarif").write_text(render_sarif(reports, LOOK), "utf-8")
    spoilt = json.loads(render_sarif(REPORTS["in a zone"], LOOK))
    spoilt["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    (tmp_path / "spoilt.sarif").write_text(json.dumps(spoilt), "utf-8")
    done = subprocess.run(
        [multitool(), "validate", str(tmp_path / "*.sarif"), "--rule-kind", "Sarif;Gh"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert f"{len(REPORTS) + 1} files scanned" in said, said
    errors = [line for line in said.splitlines() if ": error " in line]
    assert any("JSON1008" in line for line in errors), said
    assert [line for line in errors if "spoilt.sarif" not in line] == []
