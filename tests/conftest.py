"""For all tests: Hypothesis is limited by examples, not time; nothing is stored in the user's folders.

Secrets registered by one test do not affect others.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from mailproof.redaction import own_secrets
from tests.support.scheduling import ByFile, send_what_is_shown

if TYPE_CHECKING:
    from xdist.remote import Producer

    from tests.support.tls import Authority

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: Fewer examples, for other versions of Python and of dependencies, which rarely affect the outcome.
settings.register_profile("row", settings.get_profile("house"), max_examples=15)
settings.load_profile("house")
#: Tests that run only once in CI: they check files of the repository, or are slow and independent of Python.
ONCE = (
    "tests/unit/dns_live/test_live_real_servers.py",
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
            "test_second_opinion_imports",
        )
    ),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that ``./run matrix --recorded`` passes for a row."""
    parser.addoption("--named-in", type=Path, metavar="FILE", help="only the tests that it names, one a line")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Reduce the messages that a worker of pytest-xdist sends."""
    if hasattr(session.config, "workerinput"):
        send_what_is_shown(session.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Apply the marker ``once`` and ``--named-in``, and sort for ``ByFile``."""
    for item in items:
        if item.nodeid.startswith(ONCE):
            item.add_marker(pytest.mark.once)
    items.sort(key=lambda item: not item.nodeid.startswith("tests/lab/"))
    if file := config.getoption("named_in"):
        named = set(file.read_text("utf-8").splitlines())
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in named])
        items[:] = [item for item in items if item.nodeid in named]


@pytest.hookimpl(optionalhook=True)  # only with pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Always use ``ByFile``, regardless of ``--dist``."""
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def _own_state() -> Iterator[None]:
    """`mailproof trust` and `init` store trusted files below XDG_STATE_HOME."""
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


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority."""
    from tests.support.tls import Authority

    return Authority(tmp_path_factory.mktemp("ca"))
