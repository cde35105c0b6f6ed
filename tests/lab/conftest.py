"""One laboratory for the whole run: every test of this folder stays in one worker and shares it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.packages import LabUnavailable

_HERE = Path(__file__).parent
_FIRST = 600.0  # seconds: the first test may install packages and starts the servers


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if _HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.lab)
        item.add_marker(pytest.mark.xdist_group("lab"))
    if ours:
        ours[0].add_marker(pytest.mark.timeout(_FIRST))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    try:
        running = Lab.start()
    except LabUnavailable as reason:
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(f"the laboratory must run in CI: {reason}")
        pytest.skip(f"LABORATORY NOT RUN: {reason}")
    yield running
    running.stop()
