"""A short run of the coverage-guided fuzzer over all targets, if installable. Longer runs: README.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.atheris_wheel import UNAVAILABLE, folder

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("MAILPROOF_ATHERIS", "500"))


@pytest.mark.timeout(300)
def test_nothing_breaks_under_atheris(tmp_path: Path) -> None:
    place = folder()
    if place is None:
        pytest.skip(UNAVAILABLE)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(place), str(ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MAILPROOF_FUZZ_CACHE": str(tmp_path),
    }
    # A fixed seed: a new failure in CI is then due to the change, not to chance.
    options = [f"-runs={RUNS}", "-seed=1", "-max_total_time=15"]
    command = [sys.executable, "-m", "tests.fuzz.harness", "all", *options]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280)
    found = [f"{path.name}: {path.read_bytes()[:2000]!r}" for path in (tmp_path / "found").glob("*")]
    assert ran.returncode == 0, "\n".join((ran.stderr[-4000:], *found))
    assert re.search(r"Done \d+ runs", ran.stderr), ran.stderr[-2000:]
