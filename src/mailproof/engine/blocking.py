"""The plain twins of the async functions: a loop of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from mailproof.errors import UsageError

T = TypeVar("T")


def run_blocking(work: Coroutine[Any, Any, T], name: str) -> T:
    """Run ``work`` to its end. Raises UsageError inside a running loop: there only the async twin works."""
    if not _in_a_loop():
        return asyncio.run(work)
    work.close()
    raise UsageError(
        f"mailproof.{name} cannot be called inside a running event loop: await mailproof.{name}_async instead"
    )


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
