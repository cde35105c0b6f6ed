"""The first test to need a tool or package fetches it, so these tests have no time limit."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith("tests/integrations/"):
            item.add_marker(pytest.mark.timeout(900))
