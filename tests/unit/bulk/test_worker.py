"""The number of domains a worker process handles concurrently."""

from __future__ import annotations

import asyncio
import time

from mailproof.cli.worker import LATE_S, is_late


async def test_a_process_that_is_busy_takes_no_further_domain() -> None:
    asyncio.get_running_loop().call_soon(time.sleep, 2 * LATE_S)
    assert await is_late()
