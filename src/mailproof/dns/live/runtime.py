"""What a resolver keeps per event loop: sockets, and each server's window."""

from __future__ import annotations

import asyncio

from mailproof.dns.live.channel import Channel, Options
from mailproof.dns.live.state import ServerState
from mailproof.dns.live.window import Window


class Runtime:
    """The channels of one resolver in one event loop.

    An idle task closes the sockets when the loop ends (``asyncio.run`` cancels all tasks), so that a resolver
    used in successive ``asyncio.run`` calls leaves none open. ``concurrency`` and ``patience`` are those of
    each server's window.
    """

    def __init__(
        self, states: tuple[ServerState, ...], options: Options, concurrency: int, patience: int
    ) -> None:
        loop = self.loop = asyncio.get_running_loop()
        self.channels = {
            state: Channel(loop, state, options, Window(loop, concurrency, patience)) for state in states
        }
        self._guard = self.loop.create_task(self._close_at_end(), name="mailproof-dns-guard")

    async def _close_at_end(self) -> None:
        try:
            await self.loop.create_future()
        finally:
            await self._close_channels()

    async def _close_channels(self) -> None:
        for channel in self.channels.values():
            if channel.probe is not None:
                channel.probe.cancel()
            channel.window.close()
            channel.close()
        for channel in self.channels.values():
            await channel.aclose()

    async def aclose(self) -> None:
        """Close the sockets, and wait until they are closed."""
        self._guard.cancel()
        await asyncio.gather(self._guard, return_exceptions=True)
        await self._close_channels()  # a guard that was cancelled before it started closed nothing
        await asyncio.sleep(0)  # transports close in the loop's next iteration

    def abandon(self) -> None:
        """Close what can still be closed after the loop has ended."""
        for channel in self.channels.values():
            channel.close()
