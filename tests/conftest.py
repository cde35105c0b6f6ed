"""For all tests: Hypothesis counts examples, not seconds; nothing is kept in the user's own folders.

One test's secrets are no other's.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from mailproof.redaction import own_secrets

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: For further versions of Python and of dependencies: what the examples find does not depend on these.
settings.register_profile("row", settings.get_profile("house"), max_examples=15)
settings.load_profile("house")
#: What is about files of the repository, or long, and not about Python is tested once in CI.
ONCE = (
    "tests/unit/docs/",
    "tests/unit/supply/",
    *(
        f"tests/e2e/{name}.py"
        for name in (
            "test_border_cases",
            "test_bulk_page",
            "test_cases",
            "test_cli_cluster",
            "test_cli_html",
            "test_cli_many_messages",
            "test_cli_pdf",
            "test_json_page",
            "test_pipeline_repository",
            "test_readme",
        )
    ),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See the marker ``once``."""
    for item in items:
        if any(folder in item.path.as_posix() for folder in ONCE):
            item.add_marker(pytest.mark.once)


@pytest.fixture(scope="session", autouse=True)
def _own_state() -> Iterator[None]:
    """`mailproof trust` and `init` keep what is trusted below XDG_STATE_HOME."""
    before = os.environ.get("XDG_STATE_HOME")
    with tempfile.TemporaryDirectory(prefix="mailproof-state-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        yield
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before


@pytest.fixture(autouse=True)
def _own_secrets() -> Iterator[None]:
    with own_secrets():
        yield
