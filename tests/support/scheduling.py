"""What pytest-xdist gives to a worker at a time: a file, and the laboratory as a whole."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """A file's tests share its fixtures; two workers would start two laboratories.

    After each test xdist counts what a worker was given before. With a unit for each test (``--dist
    loadgroup``) that took 28 s for all tests, while the workers waited.
    """

    def _split_scope(self, nodeid: str) -> str:
        lab = "tests/lab/"
        return lab if nodeid.startswith(lab) else nodeid.partition("::")[0]
