"""For all tests: Hypothesis counts examples, not seconds; nothing is kept in the user's own folders.

One test's secrets are no other's.
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
#: For further versions of Python and of dependencies: what the examples find does not depend on these.
settings.register_profile("row", settings.get_profile("house"), max_examples=15)
settings.load_profile("house")
#: What is about files of the repository, or long, and not about Python is tested once in CI.
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
    """What ``./run matrix --recorded`` adds for a row."""
    parser.addoption("--named-in", type=Path, metavar="FILE", help="only the tests that it names, one a line")


def pytest_sessionstart(session: pytest.Session) -> None:
    """In a worker of pytest-xdist."""
    if hasattr(session.config, "workerinput"):
        send_what_is_shown(session.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """See the marker ``once``, ``--named-in``, and ``ByFile``."""
    for item in items:
        if item.nodeid.startswith(ONCE):
            item.add_marker(pytest.mark.once)
    items.sort(key=lambda item: not item.nodeid.startswith("tests/lab/"))
    if file := config.getoption("named_in"):
        named = set(file.read_text("utf-8").splitlines())
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in named])
        items[:] = [item for item in items if item.nodeid in named]


@pytest.hookimpl(optionalhook=True)  # where pytest-xdist is
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Whatever ``--dist`` says."""
    return ByFile(config, log)


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


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority."""
    from tests.support.tls import Authority

    return Authority(tmp_path_factory.mktemp("ca"))
