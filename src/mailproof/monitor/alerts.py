"""Deliver pending alerts to the webhook, retrying with backoff."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from mailproof.monitor.events import Event
from mailproof.monitor.limits import RETRY_FIRST, RETRY_MOST
from mailproof.monitor.state import Store
from mailproof.monitor.webhook import WebhookError


class Delivers(Protocol):
    """Delivers changes. Raises WebhookError."""

    async def deliver(self, events: list[Event]) -> None:
        """Send them."""


class Alerts:
    """The queue of alerts for a webhook. They stay in the state file until it has accepted them."""

    def __init__(self, store: Store, webhook: Delivers, complain: Callable[[str], None]) -> None:
        self._store, self._webhook, self._complain = store, webhook, complain
        self._more = asyncio.Event()
        self._last_complaint = ""

    def wake(self) -> None:
        """Signal that there may be more to deliver."""
        self._more.set()

    async def once(self) -> bool:
        """Deliver everything pending; False if a delivery failed, which stops it."""
        return await self._deliver_pending() is None

    async def forever(self) -> None:
        """Deliver new alerts as they come; retry failed ones with exponential backoff."""
        failures = 0
        while True:
            self._more.clear()
            error = await self._deliver_pending()
            if error is None:
                failures = 0
                await self._more.wait()
            else:
                pause = min(RETRY_FIRST * 2**failures, RETRY_MOST)
                failures = min(failures + 1, 20)
                await asyncio.sleep(max(pause, error.wait))

    async def _deliver_pending(self) -> WebhookError | None:
        while events := self._store.owed():
            try:
                await self._webhook.deliver(events)
            except WebhookError as error:
                words = (
                    f"the webhook did not accept the alerts: {error}: they are kept and will be sent later"
                )
                if words != self._last_complaint:
                    self._complain(words)
                self._last_complaint = words
                return error
            self._store.delivered(events)
            self._last_complaint = ""
        return None
