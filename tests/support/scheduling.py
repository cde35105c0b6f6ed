"""What pytest-xdist gives to a worker at a time, a file or the laboratory as a whole, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """A file's tests share its fixtures; two workers would start two laboratories.

    After each test xdist counts what a worker was given before. With a unit for each test (``--dist
    loadgroup``) that took 28 s for all tests, while the workers waited.

    The laboratory first, then files as they were collected: what starts processes before the many of
    ``tests/unit``, so that the workers end together. By the number of tests, as xdist has it, the longest
    would begin last: the fuzzer is one test.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        lab = "tests/lab/"
        return lab if nodeid.startswith(lab) else nodeid.partition("::")[0]


def send_what_is_shown(config: pytest.Config) -> None:
    """In a worker: of a test that passed, one message goes to the process that shows them, not five.

    Each takes half a millisecond on either side, some 12,000 times. ``--durations`` needs all of them.
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
