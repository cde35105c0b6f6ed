"""Scheduling for pytest-xdist by file (or the whole laboratory), and fewer messages from workers."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Schedules by file, since tests of a file share fixtures, and two workers would start two laboratories.

    After each test, xdist counts a worker's earlier units. With a unit per test (``--dist loadgroup``), that
    took 28 s for all tests, while the workers waited.

    The laboratory comes first, then files in collection order: those that start processes before the many of
    ``tests/unit``, so that workers finish at the same time. Ordered by the number of tests, as in xdist, the
    slowest would start last: the fuzzer is a single test.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        lab = "tests/lab/"
        return lab if nodeid.startswith(lab) else nodeid.partition("::")[0]


def send_what_is_shown(config: pytest.Config) -> None:
    """In a worker, send one message instead of five for a test that passed.

    Each takes half a millisecond on either side, for some 12,000 tests. ``--durations`` needs all of them.
    """
    if config.getoption("durations"):
        return
    for plugin in config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":
            plugin.sendevent = _sender(plugin.sendevent)


def _sender(send: Any) -> Any:
    def sendevent(name: str, **content: Any) -> None:
        if name in ("logstart", "logfinish"):
            return
        if (
            name == "testreport"
            and content["data"]["when"] != "call"
            and content["data"]["outcome"] == "passed"
        ):
            return
        send(name, **content)

    return sendevent
