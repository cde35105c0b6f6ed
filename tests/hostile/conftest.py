"""The process that watches mailboxes: one for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.watching import Watcher, watching


@pytest.fixture(scope="module")
def watcher() -> Iterator[Watcher]:
    """Mailboxes are watched there, and its memory is."""
    with watching() as process:
        yield process
