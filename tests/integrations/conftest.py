"""Tools are fetched, and packages installed, in whichever test is first: that takes as long as it takes."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith("tests/integrations/"):
            item.add_marker(pytest.mark.timeout(900))
