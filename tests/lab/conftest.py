"""One laboratory per test worker; packages are installed before any test's time limit starts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.lab import packages
from tests.lab.lab import Lab
from tests.lab.packages import LabUnavailable

_HERE = "tests/lab/"
_REASON = pytest.StashKey[str]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in _ours(items):
        item.add_marker(pytest.mark.lab)


def pytest_collection_finish(session: pytest.Session) -> None:
    if _ours(session.items) and not session.config.option.collectonly:
        try:
            packages.ensure()
        except LabUnavailable as reason:
            session.config.stash[_REASON] = str(reason)


def _ours(items: list[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if item.nodeid.startswith(_HERE)]


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    reason = request.config.stash.get(_REASON, "")
    if not reason:
        try:
            running = Lab.start()
            running.import_once()
        except LabUnavailable as error:
            reason = str(error)
    if reason and os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(f"the laboratory must run in CI: {reason}")
    if reason:
        pytest.skip(f"LABORATORY NOT RUN: {reason}")
    yield running
    running.stop()
